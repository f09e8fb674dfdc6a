import { existsSync, readFileSync } from 'node:fs';
import { openGradient, type Runtime, type SessionOptions } from '@gradcam/core';
import { nodeRuntime } from '@gradcam/node';
import { readModel } from 'onnx-grad';
import { expect, it } from 'vitest';
import { describeFixtures, fixtureNames, loadFixture } from './support/fixtures.js';
import { shared } from './support/shared.js';

/** What a file grows by when the gradient of its first output with respect to its first input is appended. No weight is copied: the largest constant is the kernel of a pool of 33 × 33. */
const LARGEST_CONSTANT = 1089;
/** A node takes its operator, its attributes and the names of its inputs, which may be the model's own long ones. */
const BYTES_PER_NODE = 400;

/** The native runtime, and the last model that it was given. */
async function recording(): Promise<{ runtime: Runtime; last: () => Uint8Array }> {
  const native = await nodeRuntime();
  let last = new Uint8Array();
  const open = (bytes: Uint8Array, options?: SessionOptions) => {
    last = Uint8Array.from(bytes);
    return native.open(bytes, options);
  };
  return { runtime: { name: native.name, open }, last: () => last };
}

async function measure(name: string, bytes: Uint8Array): Promise<void> {
  const { runtime, last } = await recording();
  const graph = readModel(bytes);
  const [of = '', wrt = ''] = [graph.outputs[0]?.name, graph.inputs[0]?.name];
  const gradient = await openGradient(runtime, bytes, { of, wrt });
  await gradient.close();
  const edited = readModel(last());
  const nodes = edited.nodes.length - graph.nodes.length;
  const added = edited.bytes.length - bytes.length;
  const constants = [...edited.initializers.values()].filter((initializer) => !graph.initializers.has(initializer.name));
  console.info(
    `${name}: ${(bytes.length / 1e6).toFixed(1)} MB, ${graph.nodes.length} nodes; the gradient adds ${(added / 1e3).toFixed(1)} kB in ${nodes} nodes (${((100 * added) / bytes.length).toFixed(2)} %)`,
  );
  expect(added).toBeLessThan(nodes * BYTES_PER_NODE);
  const largest = constants.map(({ dims }) => dims.reduce((product, size) => product * size, 1));
  expect(Math.max(0, ...largest)).toBeLessThanOrEqual(LARGEST_CONSTANT);
  // What the model holds is there as it was, byte for byte.
  expect(Buffer.compare(last().subarray(0, bytes.length), bytes)).toBe(0);
}

describeFixtures(fixtureNames(), 'the gradient of %s', (name) => {
  it('adds nodes, and copies no weight', async () => measure(name, (await loadFixture(name)).model));
});

const real = `${shared}models/models.json`;
if (!existsSync(real)) it.skip('the gradients of real models: ../shared/models is not there', () => {});
else
  it.each((JSON.parse(readFileSync(real, 'utf8')) as { file: string }[]).map(({ file }) => file))(
    'the gradient of %s adds nodes, and copies no weight',
    async (file) => measure(file, new Uint8Array(readFileSync(`${shared}models/${file}`))),
  );
