import { nodeRuntime } from '@gradcam/node';
import { expect, test } from 'vitest';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Tensor } from '../runtime/runtime.js';
import { doubleNetwork, HEAD, smallNetwork } from '../testing/networks.js';
import { exportExplained } from './export.js';
import { openExplainer } from './open.js';

const runtime = await nodeRuntime();
const POSITIONS = 16;
const value = (channel: number, position: number) => Math.sin(1 + channel * 7 + position * 1.3) * 3;

function picture(layout: 'NCHW' | 'NHWC'): Tensor {
  const at = (index: number) =>
    layout === 'NCHW' ? value(Math.floor(index / POSITIONS), index % POSITIONS) : value(index % 3, Math.floor(index / 3));
  const dims = layout === 'NCHW' ? [1, 3, 4, 4] : [1, 4, 4, 3];
  return { type: 'float32', dims, data: Float32Array.from({ length: 3 * POSITIONS }, (_, index) => at(index)) };
}

/** L_c = Σ_k HEAD[c][k] / positions · A_k */
const expected = (index: number) =>
  Array.from({ length: POSITIONS }, (_, position) =>
    [0, 1].reduce((sum, channel) => sum + ((HEAD[index]?.[channel] ?? 0) * Math.max(value(channel, position), 0)) / POSITIONS, 0),
  );

// Activations of 11 bits up to 3, times weights of 3 / 16 that are exact.
const HALF = 3 * (3 / 16) * 2 ** -11;

test.each([
  ['float16', smallNetwork({ type: 'float16' }), 'NCHW', HALF],
  ['float16, probabilities', smallNetwork({ type: 'float16', end: 'Softmax' }), 'NCHW', HALF],
  ['float16, operator set 9', smallNetwork({ type: 'float16', opset: 9 }), 'NCHW', HALF],
  ['float64', doubleNetwork(), 'NHWC', 1e-6],
] as const)('a network of %s: maps as float32', async (_, bytes, layout, tolerance) => {
  const explainer = await openExplainer(runtime, bytes, { methods: ['gradcam', 'saliency'] });
  expect(explainer.layers).toEqual(['features', 'picture']);
  const input = inTypeOf(picture(layout), explainer.model.input);
  for (const index of [0, 1, 2]) {
    const [result] = await explainer.explain(input, [index]);
    const map = result?.explanations[0]?.maps[0]?.data;
    expect(map).toBeInstanceOf(Float32Array);
    expected(index).forEach((wanted, position) => {
      expect(Math.abs((map?.[position] ?? Number.NaN) - wanted)).toBeLessThanOrEqual(tolerance);
    });
    expect(result?.predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  }
  await explainer.close();
});

test.each([
  ['float16', smallNetwork({ type: 'float16' }), 'NCHW'],
  ['float64', doubleNetwork(), 'NHWC'],
] as const)('a network of %s explains itself once exported', async (_, bytes, layout) => {
  const { bytes: exported, heatmap } = await exportExplained(runtime, bytes, { class: 0 });
  const session = await runtime.open(exported);
  const type = session.inputs[0]?.type ?? 'float32';
  const made = await session.run({ picture: inTypeOf(picture(layout), { name: 'picture', type }) }, [heatmap]);
  const highest = Math.max(...expected(0));
  Array.from(made[heatmap]?.data ?? [], Number).forEach((received, position) => {
    expect(received).toBeCloseTo(Math.max(expected(0)[position] ?? 0, 0) / highest, 2);
  });
  await session.close();
});
