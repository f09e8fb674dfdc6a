import { nodeRuntime } from '@gradcam/node';
import { expect, test } from 'vitest';
import { model } from '../../../onnx-grad/src/testing/model.js';
import { openExplainer } from '../explain/open.js';
import type { Tensor } from '../runtime/runtime.js';

const runtime = await nodeRuntime();

/** y₁ = 2 · mean of channel 0 + 1, of pixels in uint8. */
const bytes = model({
  opset: 17,
  inputs: [{ name: 'picture', type: 'uint8', dims: ['batch', 3, 2, 2] }],
  outputs: ['scores'],
  initializers: new Map([
    ['head', { type: 'float32', dims: [3, 2], data: [0, 2, 0, 0, 0, 0] }],
    ['bias', { type: 'float32', dims: [2], data: [0, 1] }],
  ]),
  nodes: [
    { opType: 'Cast', inputs: ['picture'], outputs: ['features'], attributes: { to: 1 } },
    { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['pooled'] },
    { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
    { opType: 'Gemm', inputs: ['flat', 'head', 'bias'], outputs: ['scores'] },
  ],
});
const picture: Tensor = { type: 'uint8', dims: [1, 3, 2, 2], data: Uint8Array.of(8, 0, 4, 200, 1, 2, 3, 4, 5, 6, 7, 9) };

async function explain(method: string) {
  const explainer = await openExplainer(runtime, bytes, { methods: [method], layers: ['features'], window: 1, stride: 1, samples: 2 });
  try {
    const { explanations } = await explainer.explainOne(picture, [1]);
    return Array.from(explanations[0]?.maps[0]?.data ?? []);
  } finally {
    await explainer.close();
  }
}

test('pictures of integers are masked as such', async () => {
  expect(await explain('occlusion')).toEqual([8, 0, 4, 200].map((value) => value / 2));
  expect(await explain('reciprocam')).toEqual([8, 0, 4, 200].map((value) => value / 2 + 1));
  for (const method of ['scorecam', 'sscam', 'ablationcam', 'smoothgradcamplusplus'])
    expect((await explain(method)).every(Number.isFinite), method).toBe(true);
});

test('gradients of pictures of integers are those of the real numbers that they are cast to', async () => {
  expect(await explain('smoothgrad')).toEqual([0.5, 0.5, 0.5, 0.5]);
  expect(await explain('integratedgradients')).toEqual([8, 0, 4, 200].map((value) => value / 2));
});
