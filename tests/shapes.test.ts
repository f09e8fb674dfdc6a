import { readFileSync } from 'node:fs';
import { openExplainer, type Runtime } from '@gradcam/core';
import { type Dimension, Facts, GraphBuilder, readModel } from 'onnx-grad';
import { expect, it } from 'vitest';
import { describeFixtures, fixtureNames, loadFixture } from './support/fixtures.js';
import { oneThread } from './support/runtime.js';
import { hasShared, shared } from './support/shared.js';

/** Images in a batch. */
const BATCH = 2;

/** What a dimension is in a batch of these images: `64*batch`. */
function sizeOf(dimension: Dimension): number {
  return String(dimension)
    .split('*')
    .reduce((product, factor) => product * (factor === 'batch' || factor === 'N' ? BATCH : Number(factor)), 1);
}

/** How often a runtime is asked to open a model until it explains. */
async function opensOf(model: Uint8Array): Promise<number> {
  const runtime = await oneThread();
  let opens = 0;
  const counting: Runtime = {
    ...runtime,
    open: (...given) => {
      opens++;
      return runtime.open(...given);
    },
  };
  await (await openExplainer(counting, model)).close();
  return opens;
}

describeFixtures(fixtureNames(), '%s', (name) => {
  it('has the shapes that are inferred without a runtime, all of them', async () => {
    const { model, input } = await loadFixture(name);
    const graph = readModel(model);
    const facts = new Facts(graph);
    const values = graph.nodes.flatMap(({ opType, outputs }) => (opType === 'Constant' ? [] : outputs.filter((value) => value !== '')));
    const b = new GraphBuilder(graph, facts, 'probe');
    // Last values first: each is freed as soon as its shape is known.
    const shapes = new Map(values.toReversed().map((value) => [value, b.output(`shape of ${value}`, b.shape(value))]));
    const session = await (await oneThread()).open(b.append(), { optimization: 'disabled' });
    const data = new Float32Array(BATCH * input.data.length);
    const seen = await session.run({ input: { ...input, dims: [BATCH, ...input.dims.slice(1)], data } }, [...shapes.values()]);
    await session.close();
    const wrong = values.flatMap((value) => {
      const actual = Array.from(seen[shapes.get(value) ?? '']?.data ?? [], Number);
      const inferred = facts.of(value).dims;
      const right = inferred?.length === actual.length && actual.every((size, axis) => size === sizeOf(inferred[axis] ?? ''));
      return right ? [] : [`${value} is [${actual}], but [${inferred}] was inferred`];
    });
    expect(wrong).toEqual([]);
    expect(values.length).toBeGreaterThan(40);
  });

  it('is opened once', async () => {
    expect(await opensOf((await loadFixture(name)).model)).toBe(1);
  });
});

const models = ['mobilevit_xxs_flowers.onnx', 'cifar10_resnet20.onnx', 'mobilenet_v2_1.0_224_int8weights.onnx'];
it.skipIf(!hasShared('models/models.json')).each(models)('%s is opened once', async (file) => {
  expect(await opensOf(new Uint8Array(readFileSync(`${shared}models/${file}`)))).toBe(1);
});
