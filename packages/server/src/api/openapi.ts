import { z } from 'zod';
import { ANSWERS, type AnswerForm } from '../http/accept.js';
import type { Service } from '../service.js';
import { EXAMPLE_PICTURE } from './example.js';
import {
  ExplainAnswer,
  ExplainForm,
  ExplainRequest,
  Explanation,
  Health,
  InstancesAnswer,
  InstancesRequest,
  ModelList,
  ModelStatus,
  PredictAnswer,
  Prediction,
  ProblemBody,
} from './schemas.js';

const REQUESTS = { ExplainRequest, ExplainForm, InstancesRequest };
const RESPONSES = {
  Prediction,
  Explanation,
  ExplainAnswer,
  InstancesAnswer,
  PredictAnswer,
  ModelList,
  ModelStatus,
  Health,
  Problem: ProblemBody,
};

type SchemaName = keyof typeof REQUESTS | keyof typeof RESPONSES;

/** What each status means that is not 200. */
const PROBLEMS = {
  400: 'The request, its picture or its class is not what it should be.',
  401: 'The token is missing or another.',
  404: 'There is no such model.',
  406: 'The answer has none of the forms that are accepted.',
  413: 'The body, the picture, or the number of pictures is over a limit.',
  415: 'The body has another type than the service takes.',
  429: 'As much waits as there is room for; Retry-After says when to try again.',
  504: 'The answer took longer than the service allows.',
} as const;

/** The OpenAPI 3.1 document of a service, written from the schemas that check its requests. */
export function openApi(version: string, { models, limits }: Service): object {
  const name = models[0]?.name ?? '';
  const names = {
    name: 'name',
    in: 'path',
    required: true,
    description: 'Name of a model.',
    schema: { type: 'string', enum: models.map((one) => one.name) },
  };
  const explainExamples = { picture: { summary: 'A picture in base64', value: { image: EXAMPLE_PICTURE, top: 2 } } };
  const instanceExamples = {
    pictures: { summary: 'Two pictures', value: { instances: [{ b64: EXAMPLE_PICTURE }, { image: { b64: EXAMPLE_PICTURE } }] } },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'gradcam',
      version,
      summary: 'Which regions of a picture a network looked at when it decided.',
      description: `Bodies of at most ${limits.body} bytes, pictures of at most ${limits.pixels} pixels; an answer takes at most ${limits.seconds} seconds. No address in a request is ever fetched.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }],
    paths: {
      '/v1/explain': {
        post: operation('explain', 'Explain a picture', {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: ref('ExplainRequest'), examples: explainExamples },
              'multipart/form-data': { schema: ref('ExplainForm') },
            },
          },
          answer: { description: 'What the network sees, and where; in the form that Accept asks for.', content: explainContent() },
          problems: [400, 401, 404, 406, 413, 415, 429, 504],
        }),
      },
      '/v1/models': { get: operation('models', 'List the models', { answer: json('Names.', 'ModelList'), problems: [401] }) },
      '/v1/models/{name}': {
        get: operation('model', 'Tell of a model, and whether it is ready', {
          parameters: [{ ...names, example: name }],
          answer: json('The model.', 'ModelStatus'),
          problems: [401, 404],
        }),
      },
      ...Object.fromEntries(
        (['explain', 'predict'] as const).map((verb) => [
          `/v1/models/{name}:${verb}`,
          {
            post: operation(`${verb}Instances`, `KServe's data plane, version 1: ${verb} pictures`, {
              parameters: [{ ...names, example: name }],
              requestBody: {
                required: true,
                content: { 'application/json': { schema: ref('InstancesRequest'), examples: instanceExamples } },
              },
              answer: json('Of each instance, in their order.', verb === 'explain' ? 'InstancesAnswer' : 'PredictAnswer'),
              problems: [400, 401, 404, 413, 415, 429, 504],
            }),
          },
        ]),
      ),
      '/': { get: operation('live', 'Whether the service lives; needs no token', { answer: json('It does.', 'Health'), problems: [] }) },
      '/healthz': {
        get: operation('health', 'Whether the service answers; needs no token', { answer: json('It does.', 'Health'), problems: [] }),
      },
      '/metrics': {
        get: operation('metrics', "Numbers in Prometheus' format", {
          answer: { description: 'Numbers.', content: { 'text/plain': { schema: { type: 'string' } } } },
          problems: [401],
        }),
      },
      '/openapi.json': {
        get: operation('document', 'This document', {
          answer: { description: 'The document.', content: { 'application/json': { schema: { type: 'object' } } } },
          problems: [401],
        }),
      },
    },
    components: {
      schemas: { ...schemas(REQUESTS, 'input'), ...schemas(RESPONSES, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'Where the service was started with one.' } },
    },
  };
}

interface Operation {
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly answer: object;
  readonly problems: readonly (keyof typeof PROBLEMS)[];
}

function operation(operationId: string, summary: string, { answer, problems, ...parts }: Operation): object {
  const content = { 'application/problem+json': { schema: ref('Problem') } };
  const failures = problems.map((status) => [status, { description: PROBLEMS[status], content }]);
  return { operationId, summary, ...parts, responses: { 200: answer, ...Object.fromEntries(failures) } };
}

function explainContent(): object {
  const [, ...files] = Object.keys(ANSWERS) as AnswerForm[];
  const content = files.flatMap((form) => ANSWERS[form].map((type) => [type, {}] as const));
  return { 'application/json': { schema: ref('ExplainAnswer') }, ...Object.fromEntries(content) };
}

function json(description: string, name: SchemaName): object {
  return { description, content: { 'application/json': { schema: ref(name) } } };
}

function ref(name: SchemaName): object {
  return { $ref: `#/components/schemas/${name}` };
}

function schemas(all: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(all)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io, unrepresentable: 'any', uri: (id) => `#/components/schemas/${id}` });
  // In a document, schemas are known by their place.
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]));
}
