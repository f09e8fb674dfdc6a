import { expect, test } from 'vitest';
import { readModel } from '../bytes/read.js';
import { model } from '../testing/model.js';
import { answer, open } from '../testing/session.js';
import { learnFacts } from './learn.js';

/** A Reshape whose target is computed from the input's shape in a way that shape inference does not follow. */
const graph = readModel(
  model({
    opset: 17,
    inputs: [{ name: 'x', type: 'float32', dims: ['n', 6] }],
    outputs: ['y'],
    nodes: [
      { opType: 'ReduceMax', inputs: ['x'], outputs: ['m'], attributes: { keepdims: 1 } },
      { opType: 'Cast', inputs: ['m'], outputs: ['c'], attributes: { to: 7 } },
      { opType: 'Reshape', inputs: ['c', 'one'], outputs: ['shape'] },
      { opType: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] },
    ],
    initializers: new Map([['one', { type: 'int64', dims: [1], data: [-1] }]]),
  }),
);
const x = { type: 'float32', dims: [2, 6], data: Array.from({ length: 12 }, (_, index) => index + 1) } as const;
const infer = async (bytes: Uint8Array) => (await open(bytes)).outputMetadata;

test('what a runtime infers is learned, and nothing is made up for the rest', async () => {
  const facts = await learnFacts(graph, infer);
  expect(facts.of('m')).toEqual({ type: 'float32', dims: [1, 1] });
  expect(facts.of('y').type).toBe('float32');
  expect(facts.complete('y')).toBe(false);
});

test('what it does not infer is measured in a run of example inputs', async () => {
  const facts = await learnFacts(graph, infer, (bytes) => answer(bytes, { x }));
  expect(facts.of('y')).toEqual({ type: 'float32', dims: [12] });
  // What was known stays as it was: the symbol of the input.
  expect(facts.of('x').dims).toEqual(['n', 6]);
});
