import { InferenceSession } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import { model } from '../testing/model.js';
import { learnFacts } from '../testing/session.js';
import { gradient } from './gradient.js';

// ONNX Runtime adds and joins in the layout of its convolutions only what it can tell to have equal shapes, symbols included.
test('a runtime can tell, before any run, that a gradient has as many rows as the cotangent it began with', async () => {
  const bytes = model({
    opset: 17,
    inputs: [{ name: 'x', type: 'float32', dims: ['images', 2, 4, 4] }],
    outputs: ['y'],
    initializers: new Map([['w', { type: 'float32', dims: [2, 1, 3, 3], data: Array.from({ length: 18 }, (_, tap) => tap / 8) }]]),
    nodes: [
      {
        opType: 'Conv',
        inputs: ['x', 'w'],
        outputs: ['a'],
        attributes: { group: 2, kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
      },
      { opType: 'GlobalAveragePool', inputs: ['a'], outputs: ['pooled'] },
      { opType: 'Flatten', inputs: ['pooled'], outputs: ['y'] },
    ],
  });
  const graph = readModel(bytes);
  const b = new GraphBuilder(
    graph,
    await learnFacts(graph, { x: { type: 'float32', dims: [1, 2, 4, 4], data: new Array<number>(32).fill(0) } }, true),
  );
  const found = gradient(b, new Map([['y', b.zerosLike('y')]]), ['x']);
  b.output('gradient', found.get('x') ?? '');
  const session = await InferenceSession.create(b.append(), { graphOptimizationLevel: 'disabled' });
  const metadata = session.outputMetadata.find(({ name }) => name === 'gradient');
  await session.release();
  expect(metadata?.isTensor === true && metadata.shape).toEqual(['images', 2, 4, 4]);
});
