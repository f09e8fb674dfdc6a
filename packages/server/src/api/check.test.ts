import { expect, it } from 'vitest';
import { decodeBase64 } from './base64.js';
import { checked } from './check.js';
import { ExplainRequest, InstancesRequest } from './schemas.js';

const MILLION = 1_000_000;

it.each([
  ['classes', ExplainRequest, { image: 'AAAA', classes: Array(MILLION).fill(null) }],
  ['instances', InstancesRequest, { instances: Array(MILLION).fill(0) }],
  ['classes', InstancesRequest, { instances: [{ b64: 'AAAA', classes: Array(MILLION).fill(0) }] }],
])('a list of millions (%s) is not looked through', (name, schema, value) => {
  expect(() => checked(schema, value)).toThrow(`expected '${name}' to have at most 1000 items, but it has ${MILLION}`);
});

it('rows of pixels are no such list', () => {
  const { instances } = checked(InstancesRequest, { instances: [[Array(2000).fill(0)]] });
  expect(instances).toEqual([[Array(2000).fill(0)]]);
});

it('base64, that of addresses, too, with line ends and behind data:', () => {
  const bytes = Uint8Array.of(251, 255, 191, 0);
  for (const text of ['+/+/AA==', '-_-_AA', '+/+/\nAA==\n', 'data:image/png;base64,+/+/AA=='])
    expect(decodeBase64(text, 'image')).toEqual(bytes);
});

it('what is no base64 is found in one look, however long', () => {
  // Of a pattern that tries twice, 30 million blanks would take days.
  for (const text of [`${' '.repeat(3e7)}*`, `${'='.repeat(1e6)}*`, '', 'data:,'])
    expect(() => decodeBase64(text, 'image')).toThrow("expected 'image' to be a file in base64");
});
