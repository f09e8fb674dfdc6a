import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it, test } from 'vitest';
import { exportExplained } from '../explain/export.js';
import { type ExplainerOptions, openExplainer } from '../explain/open.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Tensor } from '../runtime/runtime.js';
import { logit } from '../targets/logit.js';
import { maskSum } from '../targets/mask.js';
import { against, probability } from '../targets/probability.js';
import { doubleNetwork, smallNetwork } from '../testing/networks.js';
import { segmenter } from '../testing/outputs.js';
import { ablationcam } from './ablationcam.js';
import type { RunMethod } from './method.js';
import { reciprocam } from './reciprocam.js';

const runtime = await nodeRuntime();
const both = [ablationcam, reciprocam];

/** The same method without its form of one pass. */
function byRuns({ affine: _, ...method }: RunMethod): RunMethod {
  return { ...method, name: `${method.name} by runs` };
}

function pictureOf(dims: readonly number[]): Tensor {
  const length = dims.reduce((product, size) => product * size, 1);
  return { type: 'float32', dims, data: Float32Array.from({ length }, (_, at) => Math.sin(1 + at * 1.3) * 2) };
}
const picture = pictureOf([1, 3, 4, 4]);

/** Maps of one pass against those of runs, of every picture and class. Both round; sums of a few dozen products: 1e-5 of the largest. */
async function check(bytes: Uint8Array, input: Tensor, options: ExplainerOptions = {}, classes = [1], tolerance = 1e-5): Promise<void> {
  const explainer = await openExplainer(runtime, bytes, { ...options, methods: both.flatMap((method) => [method, byRuns(method)]) });
  expect(explainer.plan.methods.map(({ kind }) => kind)).toEqual(['graph', 'runs', 'graph', 'runs']);
  const results = await explainer.explain(input, classes);
  await explainer.close();
  const explanations = results.flatMap((result) => result.explanations);
  expect(explanations).toHaveLength(results.length * classes.length * 4);
  for (let at = 0; at < explanations.length; at += 2)
    for (const part of ['maps', 'heatmap'] as const) {
      const [actual = [], expected = []] = explanations.slice(at, at + 2).map((explanation) => {
        const map = part === 'heatmap' ? explanation.heatmap : explanation.maps[0];
        return Array.from(map?.data ?? []);
      });
      const scale = Math.max(...expected.map(Math.abs));
      expect(scale).toBeGreaterThan(0);
      expect(actual).toHaveLength(expected.length);
      for (const [index, value] of expected.entries())
        expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(tolerance * scale);
    }
}

describe('where the score is an affine function of the layer, one pass gives what runs give', () => {
  test.each([7, 9, 11, 13, 17, 21])('in operator set %i', (opset) => check(smallNetwork({ opset }), picture));
  test('channels last', () => check(smallNetwork({ layout: 'NHWC' }), pictureOf([1, 4, 4, 3])));
  test('in float64', () => check(doubleNetwork(), inTypeOf(pictureOf([1, 4, 4, 3]), { name: 'picture', type: 'float64' })));
  test('in float16', () =>
    check(smallNetwork({ type: 'float16' }), inTypeOf(picture, { name: 'picture', type: 'float16' }), {}, [1], 5e-3));
  test('of several classes and pictures', async () => {
    await check(smallNetwork(), picture, {}, [0, 1, 2]);
    await check(smallNetwork(), pictureOf([3, 3, 4, 4]), {}, [0, 1]);
    await check(smallNetwork({ batch: 1 }), pictureOf([2, 3, 4, 4]), {}, [0, 1]);
  });
  test('of one class against another', () => check(smallNetwork(), picture, { target: against(0) }));
  test('of a sum over a mask', () => {
    const mask = { width: 2, height: 2, data: Float32Array.of(1, 0, 0, 2) };
    return check(segmenter(), pictureOf([1, 3, 8, 8]), { layers: ['features'], target: maskSum(mask) });
  });
});

describe('runs are what remains', () => {
  it.each<readonly [string, ExplainerOptions]>([
    ['before an activation', { layers: ['conv'] }],
    ['of several layers with one before an activation', { layers: ['conv', 'features'] }],
    ['for a score that is not affine in the logits', { target: probability }],
    ['for a score of which nobody says so', { target: { name: 'own', summary: 'the class score', score: logit.score } }],
  ])('%s', async (_, options) => {
    const explainer = await openExplainer(runtime, smallNetwork(), { ...options, methods: both });
    expect(explainer.plan.methods).toEqual(both);
    await explainer.close();
  });
});

describe('a score of 0', () => {
  const dark = { ...picture, data: new Float32Array(picture.data.length) };

  it.each([ablationcam, byRuns(ablationcam)])('leaves Ablation-CAM no share to lose: $name', async (method) => {
    const explainer = await openExplainer(runtime, smallNetwork(), { methods: [method] });
    await expect(explainer.explainOne(dark, [1])).rejects.toMatchObject({
      code: 'not-measurable',
      message: expect.stringMatching(/^Ablation-CAM divides by the score of class 1, but that is 0; explain another class/),
    });
    await explainer.close();
  });

  it('gives a heatmap of zeros in a file', async () => {
    const { bytes } = await exportExplained(runtime, smallNetwork(), { methods: ['ablationcam'] });
    const session = await runtime.open(bytes);
    const { heatmap } = await session.run({ picture: dark });
    await session.close();
    expect(Array.from(heatmap?.data ?? [], Number)).toEqual(new Array(16).fill(0));
  });
});

describe('exported', () => {
  it.each(both.map(({ name }) => name))('%s gives the heatmap that the explainer gives', async (name) => {
    const { bytes } = await exportExplained(runtime, smallNetwork(), { methods: [name], class: 2 });
    const session = await runtime.open(bytes);
    const { heatmap } = await session.run({ picture });
    await session.close();
    const explainer = await openExplainer(runtime, smallNetwork(), { methods: [name] });
    const { explanations } = await explainer.explainOne(picture, [2]);
    await explainer.close();
    expect(explanations[0]?.evidence).toBe(true);
    for (const [at, value] of explanations[0]?.heatmap.data.entries() ?? []) expect(heatmap?.data[at]).toBeCloseTo(value, 5);
  });

  it('they are not where runs are needed, and that is said', async () => {
    await expect(exportExplained(runtime, smallNetwork(), { methods: ['ablationcam'], layers: ['conv'] })).rejects.toMatchObject({
      code: 'unknown-method',
      message: expect.stringMatching(
        /^method 'ablationcam' cannot be exported: it runs the network many times, since behind layer 'conv' stands Relu/,
      ),
    });
  });
});
