import type { Context } from 'hono';
import type { z } from 'zod';
import { Problem } from '../errors.js';
import { mediaType } from '../http/accept.js';
import type { Bodies } from '../http/bodies.js';
import type { ServedModel } from '../served.js';
import { finite, type Request, type Sent, type Service } from '../service.js';
import { decodeBase64 } from './base64.js';
import { checked } from './check.js';
import { parseJson } from './json.js';
import { tensorOf } from './numbers.js';
import { type Instance, InstancesRequest, type ModelStatus, Question } from './schemas.js';

/** `POST /v1/models/NAME:explain` and `:predict`, version 1 of KServe's data plane. */
export async function answerCall(c: Context, service: Service, bodies: Bodies): Promise<Response> {
  const call = c.req.param('call') ?? '';
  const colon = call.lastIndexOf(':');
  const [name, verb] = [call.slice(0, Math.max(colon, 0)), call.slice(colon + 1)];
  if (colon < 0 || (verb !== 'explain' && verb !== 'predict'))
    throw new Problem(404, 'unknown-path', 'expected POST /v1/models/NAME:explain or /v1/models/NAME:predict');
  const model = service.model(name);
  const { bytes, release } = await bodies.read(c.req.raw);
  let leave: (() => void) | undefined;
  try {
    // Clients of this protocol leave the type out, or call it a form.
    if (
      !/^(application\/(.*\+)?json|text\/plain|application\/x-www-form-urlencoded|)$/.test(mediaType(c.req.header('content-type') ?? null))
    )
      throw new Problem(415, 'unsupported-type', 'expected the body as application/json');
    const { instances } = checked(InstancesRequest, parseJson(bytes));
    leave = service.admission.enter(instances.length);
    const requests = instances.map((instance, index) => requestOf(instance, model, `instances[${index}]`, verb === 'predict'));
    return await service.within(c.req.raw.signal, async (signal) => {
      const found = await Promise.all(requests.map((request) => service.explain(request, signal)));
      const predictions = found.map(({ answer }) => Array.from(answer.probabilities, finite));
      if (verb === 'predict') return c.json({ predictions });
      return c.json({ predictions, explanations: await Promise.all(found.map((one) => service.answer(one, signal))) });
    });
  } finally {
    leave?.();
    release();
  }
}

function requestOf(instance: z.infer<typeof Instance>, model: ServedModel, name: string, predictOnly: boolean): Request {
  if (Array.isArray(instance)) {
    const sent: Sent = { tensor: tensorOf(instance, model.job.input, name) };
    return { model, sent, question: Question.parse({}), predictOnly };
  }
  const { image, question } = 'b64' in instance ? partsOf(instance.b64, instance) : partsOf(instance.image, instance);
  return { model, sent: { bytes: decodeBase64(image, name), name }, question, predictOnly };
}

function partsOf(
  image: string | { readonly b64: string },
  { b64: _, image: __, ...question }: Question & { readonly b64?: unknown; readonly image?: unknown },
) {
  return { image: typeof image === 'string' ? image : image.b64, question };
}

/** `GET /v1/models/NAME`: KServe asks for `name` and `ready`; the rest is for people. */
export function statusOf({ name, job, layers }: ServedModel): ModelStatus {
  const { input, explainer, classCount, labels } = job;
  const { layout, batch, channels, height, width } = input;
  const shape = layout === 'NCHW' ? [batch, channels, height, width] : [batch, height, width, channels];
  return {
    name,
    ready: true,
    methods: [...explainer.methods],
    layers: [...layers],
    input: { name: input.name, type: input.type, shape },
    classes: classCount,
    labels: [...labels],
  };
}
