import { Facts, readModel } from 'onnx-grad';
import { expect, it } from 'vitest';
import { model } from '../../../onnx-grad/src/testing/model.js';
import type { Runtime } from '../runtime/runtime.js';
import { learnFacts } from './learn.js';

it('measures no shapes on pictures of a size that would fill the memory', async () => {
  const dims = ['batch', 3, 2 ** 26, 2 ** 26];
  const bytes = model({
    opset: 17,
    inputs: [{ name: 'x', type: 'float32', dims }],
    outputs: ['y'],
    nodes: [{ opType: 'Unknown', inputs: ['x'], outputs: ['y'] }],
  });
  const inputs = [{ name: 'x', type: 'float32', dims }] as const;
  const session = { inputs, outputs: [], run: () => Promise.reject(new Error('it ran')), close: async () => {} };
  const runtime: Runtime = { name: 'infers nothing', open: async () => session };
  await expect(learnFacts(runtime, new Facts(readModel(bytes)), ['y'])).rejects.toMatchObject({
    code: 'limit',
    message: expect.stringContaining("input 'x' has 13510798882111488 numbers"),
  });
});
