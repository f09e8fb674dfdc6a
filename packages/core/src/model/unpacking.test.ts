import { nodeRuntime } from '@gradcam/node';
import { readModel } from 'onnx-grad';
import { expect, test } from 'vitest';
import { openExplainer } from '../explain/open.js';
import type { Runtime, SessionOptions } from '../runtime/runtime.js';
import { smallNetwork } from '../testing/networks.js';
import { quantizedNetwork } from '../testing/quantized.js';
import { unpacking } from './unpacking.js';

test.each([
  ['weights alone', quantizedNetwork('weights'), { unpack: true }],
  ['activations, too', quantizedNetwork('QDQ'), {}],
  ['by operators of its own', quantizedNetwork('QOperator'), {}],
  ['at run time', quantizedNetwork('dynamic'), {}],
  ['not at all', smallNetwork(), {}],
])('quantised %s: %o', (_, bytes, expected) => {
  expect(unpacking(readModel(bytes))).toEqual(expected);
});

test('who says whether is obeyed, and other options stay', () => {
  const graph = readModel(quantizedNetwork('weights'));
  expect(unpacking(graph, { unpack: false, threads: 2 })).toEqual({ unpack: false, threads: 2 });
  expect(unpacking(graph, { threads: 2 })).toEqual({ threads: 2, unpack: true });
});

test('an explainer is opened so, and says the same', async () => {
  const own = await nodeRuntime();
  const asked: (SessionOptions | undefined)[] = [];
  const runtime: Runtime = {
    name: own.name,
    open: (model, options) => {
      asked.push(options);
      return own.open(model, options);
    },
  };
  const picture = { type: 'float32', dims: [1, 3, 4, 4], data: Float32Array.from({ length: 48 }, (_, i) => Math.sin(i)) } as const;
  const maps: number[][] = [];
  for (const session of [{}, { unpack: false }]) {
    const explainer = await openExplainer(runtime, quantizedNetwork('weights'), { session });
    const [result] = await explainer.explain(picture, [1]);
    maps.push([...(result?.explanations[0]?.maps[0]?.data ?? [])]);
    expect(asked.at(-1)?.unpack).toBe(session.unpack ?? true);
    await explainer.close();
  }
  expect(maps[0]).toHaveLength(16);
  // Whole weights: nothing is rounded.
  expect(maps[0]).toEqual(maps[1]);
});
