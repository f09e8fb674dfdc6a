import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import type { Graph } from '../graph/graph.js';
import { text } from '../testing/bytes.js';
import { model } from '../testing/model.js';
import { answer } from '../testing/session.js';
import { append, concat, field, splice } from './append.js';
import { EntryField, ModelField } from './fields.js';
import { skeleton } from './probe.js';
import { readModel } from './read.js';

/** y = relu(x + c), with a field behind the graph, as exporters write metadata. */
const bytes = concat([
  model({
    opset: 13,
    inputs: [{ name: 'x', type: 'float32', dims: ['n'] }],
    outputs: ['y'],
    initializers: new Map([['c', { type: 'float32', dims: [1], data: [-1] }]]),
    nodes: [
      { opType: 'Add', inputs: ['x', 'c'], outputs: ['sum'] },
      { opType: 'Relu', inputs: ['sum'], outputs: ['y'] },
    ],
  }),
  field(ModelField.metadata, concat([text(EntryField.key, 'labels'), text(EntryField.value, '[]')])),
]);
const original = readModel(bytes);

/** Adds z = 2 · y + shift, with a new input, constant and output. */
function edited(graph: Graph): GraphBuilder {
  const b = new GraphBuilder(graph);
  b.output('z', b.add(b.scale('y', 2), b.input('shift', 'float32', [])));
  return b;
}

const addition = edited(original).addition;
const appended = append(original, addition);
const spliced = splice(original, addition);

/** What a graph says, without where it lies. */
function content({ nodes, inputs, outputs, initializers, opsets, metadata, irVersion, ...graph }: Graph) {
  void graph;
  const constants = [...initializers.values()].map(({ name, type, dims }) => ({ name, type, dims }));
  return { nodes, inputs, outputs, constants, opsets, metadata, irVersion };
}

const feeds = {
  x: { type: 'float32', dims: [3], data: [0, 2, 4] },
  shift: { type: 'float32', dims: [], data: [0.5] },
} as const;

test('appended and spliced models are the same graph', () => {
  expect(content(readModel(appended))).toEqual(content(readModel(spliced)));
  expect(readModel(appended).nodes).toHaveLength(4);
  expect(readModel(appended).metadata.get('labels')).toBe('[]');
});

describe('append', () => {
  test('leaves the bytes of the model in front', () => {
    expect(appended.subarray(0, bytes.length)).toEqual(bytes);
    expect(readModel(appended).graphFields).toHaveLength(2);
  });

  test('writes into room behind the model, without a copy', () => {
    const room = new Uint8Array(bytes.length + 1000);
    room.set(bytes);
    const graph = readModel(room.subarray(0, bytes.length));
    const result = append(graph, addition, room);
    expect(result.buffer).toBe(room.buffer);
    expect(result.byteOffset).toBe(0);
    expect(result).toEqual(appended);
  });

  test('copies where the room is too small, or another memory', () => {
    const tight = new Uint8Array(bytes.length + 1);
    tight.set(bytes);
    const inTight = append(readModel(tight.subarray(0, bytes.length)), addition, tight);
    expect(inTight.buffer).not.toBe(tight.buffer);
    expect(inTight).toEqual(appended);
    expect(append(original, addition, new Uint8Array(bytes.length + 1000))).toEqual(appended);
  });

  test('of several edits, one behind the other', () => {
    const again = readModel(append(readModel(appended), { ...edited(readModel(appended)).addition }));
    expect(again.graphFields).toHaveLength(3);
    expect(again.outputs.map(({ name }) => name)).toEqual(['y', 'z', 'z_1']);
  });
});

describe('splice', () => {
  test('leaves one graph field, and what is around it', () => {
    const graph = readModel(spliced);
    expect(graph.graphFields).toHaveLength(1);
    expect(graph.metadata.get('labels')).toBe('[]');
    expect(graph.irVersion).toBe(original.irVersion);
  });

  test('makes one graph field of several', () => {
    const graph = readModel(splice(readModel(appended), { nodes: [], initializers: new Map(), inputs: [], outputs: [] }));
    expect(graph.graphFields).toHaveLength(1);
    expect(content(graph)).toEqual(content(readModel(appended)));
  });
});

test('ONNX Runtime opens and runs both', async () => {
  for (const edit of [appended, spliced]) {
    const { y, z } = await answer(edit, feeds);
    expect(y?.data).toEqual([0, 1, 3]);
    expect(z?.data).toEqual([0.5, 2.5, 6.5]);
  }
});

describe('skeleton', () => {
  const large = readModel(
    model({
      opset: 13,
      inputs: [{ name: 'x', type: 'float32', dims: ['n', 64] }],
      outputs: ['y'],
      initializers: new Map([
        ['w', { type: 'float32', dims: [64, 32], data: new Array<number>(2048).fill(1) }],
        ['shape', { type: 'int64', dims: [3], data: [0, 4, 8] }],
      ]),
      nodes: [
        { opType: 'MatMul', inputs: ['x', 'w'], outputs: ['product'] },
        { opType: 'Reshape', inputs: ['product', 'shape'], outputs: ['y'] },
      ],
    }),
  );

  test('leaves out large weights, keeps shapes, shows values', () => {
    const bare = skeleton(large, ['product', 'y']);
    expect(bare.length).toBeLessThan(400);
    const graph = readModel(bare);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'w']);
    expect([...graph.initializers.keys()]).toEqual(['shape']);
    expect(graph.outputs.map(({ name }) => name)).toEqual(['y', 'product']);
  });
});
