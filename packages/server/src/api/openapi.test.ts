import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, expect, it } from 'vitest';
import { jsonOf } from '../testing/everyday.js';
import { start, stopAll } from '../testing/service.js';

afterAll(stopAll);

it('is valid, and its examples are answered as it says', async () => {
  const ask = await start();
  const document = (await (await ask('/openapi.json')).json()) as Document;
  const result = await new Validator().validate(document as unknown as Record<string, unknown>);
  expect(result).toMatchObject({ valid: true });
  let examples = 0;
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, { requestBody, parameters = [], responses }] of Object.entries(operations)) {
      const address = parameters.reduce((text, { name, example }) => text.replace(`{${name}}`, example), path);
      const found = Object.entries(requestBody?.content ?? { none: {} }).flatMap(([type, { examples }]) =>
        Object.values(examples ?? (type === 'none' ? { none: { value: undefined } } : {})),
      );
      for (const { value } of found) {
        const answer = await ask(address, value === undefined ? { method } : jsonOf(value));
        examples++;
        expect([address, answer.status]).toEqual([address, 200]);
        const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
        const schema = responses[200]?.content[type]?.schema?.$ref?.split('/').at(-1);
        expect([address, Object.keys(responses[200]?.content ?? {})]).toEqual([address, expect.arrayContaining([type])]);
        if (schema !== undefined) await conforms(document, schema, await answer.json());
      }
    }
  expect(examples).toBe(9);
});

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly example: string }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }>>;
  };
  readonly responses: Readonly<
    Record<number, { readonly content: Readonly<Record<string, { readonly schema?: { readonly $ref?: string } }>> }>
  >;
}

/** JSON Schema's own judge, not the one that the service has. */
async function conforms({ components }: Document, name: string, value: unknown): Promise<void> {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const validate = ajv.compile({ $id: 'document', components, $ref: `#/components/schemas/${name}` });
  expect([name, validate(value), validate.errors]).toEqual([name, true, null]);
}
