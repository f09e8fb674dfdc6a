import { describe, expect, test } from 'vitest';
import { OnnxGradError } from '../errors.js';
import type { Graph } from '../graph/graph.js';
import { number, text } from '../testing/bytes.js';
import { model } from '../testing/model.js';
import { random } from '../testing/random.js';
import { concat, field } from './append.js';
import {
  AttributeField,
  AttributeKind,
  DimensionField,
  EntryField,
  GraphField,
  ModelField,
  NodeField,
  ShapeField,
  TensorField,
  TensorTypeField,
  TypeField,
  ValueInfoField,
} from './fields.js';
import { readModel } from './read.js';
import { encodeTensor } from './tensor.js';

/** A model that has something of everything that is read. */
function sample(): Uint8Array {
  const base = model({
    opset: 17,
    domains: { 'com.example': 2 },
    inputs: [{ name: 'x', type: 'float32', dims: ['batch', 3, 4, 4] }],
    outputs: ['y'],
    initializers: new Map([
      ['weight', { type: 'float32', dims: [2, 3, 1, 1], data: [1, 2, 3, 4, 5, 6] }],
      ['shape', { type: 'int64', dims: [2], data: [0, -1] }],
      ['half', { type: 'float16', dims: [3], data: [0.5, -65504, 6e-8] }],
    ]),
    nodes: [
      { opType: 'Conv', name: 'conv', inputs: ['x', 'weight'], outputs: ['c'], attributes: { strides: [1, 1], auto_pad: 'VALID' } },
      { opType: 'LeakyRelu', inputs: ['c'], outputs: ['r'], attributes: { alpha: { float: 0.25 } } },
      { opType: 'Constant', inputs: [], outputs: ['k'], attributes: { value: { tensor: { type: 'int32', dims: [2], data: [7, -8] } } } },
      { opType: 'Reshape', inputs: ['r', 'shape'], outputs: ['y'] },
    ],
  });
  const entry = concat([text(EntryField.key, 'labels'), text(EntryField.value, '["cat","dog"]')]);
  return concat([base, field(ModelField.metadata, entry), number(ModelField.irVersion, 8)]);
}

/** The graph, or the code of the error; anything else that is thrown fails the test. */
function attempt(bytes: Uint8Array): Graph | string {
  try {
    return readModel(bytes);
  } catch (error) {
    if (error instanceof OnnxGradError) return error.code;
    throw error;
  }
}

function bytesOf(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** A model of one node with one attribute, whose bytes are given. */
function withAttribute(...parts: Uint8Array[]): Graph {
  const node = concat([text(NodeField.output, 'y'), text(NodeField.opType, 'Test'), field(NodeField.attribute, concat(parts))]);
  return readModel(
    concat([model({ opset: 13, nodes: [], inputs: [], outputs: [] }), field(ModelField.graph, field(GraphField.node, node))]),
  );
}

describe('what a model says', () => {
  const graph = readModel(sample());

  test('versions, domains, metadata', () => {
    expect(graph.opset).toBe(17);
    expect(graph.opsets.get('com.example')).toBe(2);
    expect(graph.irVersion).toBe(8);
    expect(graph.metadata.get('labels')).toBe('["cat","dog"]');
  });

  test('nodes, attributes, values', () => {
    expect(graph.nodes.map(({ opType, inputs, outputs }) => [opType, ...inputs, ...outputs].join(' '))).toEqual([
      'Conv x weight c',
      'LeakyRelu c r',
      'Constant k',
      'Reshape r shape y',
    ]);
    expect(graph.nodes[0]?.attributes.get('strides')?.ints).toEqual([1, 1]);
    expect(graph.nodes[0]?.attributes.get('auto_pad')?.s).toBe('VALID');
    expect(graph.nodes[1]?.attributes.get('alpha')?.f).toBe(0.25);
    expect(graph.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['batch', 3, 4, 4] }]);
    expect(graph.producer('r')?.opType).toBe('LeakyRelu');
    expect(graph.consumers('c').map(({ opType }) => opType)).toEqual(['LeakyRelu']);
  });

  test('constants, negative and half precision ones too', () => {
    expect(graph.constant('shape')).toEqual({ type: 'int64', dims: [2], data: [0, -1] });
    expect(graph.constant('k')).toEqual({ type: 'int32', dims: [2], data: [7, -8] });
    // The smallest positive binary16 is 2^-24.
    expect(graph.constant('half')?.data).toEqual([0.5, -65504, 2 ** -24]);
    expect(graph.constant('x')).toBeUndefined();
  });

  test('weights stay where they are', () => {
    const weight = graph.initializers.get('weight');
    const [start, end] = weight?.message ?? [0, 0];
    expect(graph.bytes.subarray(start, end)).toEqual(
      encodeTensor({ type: 'float32', dims: [2, 3, 1, 1], data: [1, 2, 3, 4, 5, 6] }, 'weight'),
    );
  });

  test('the standard domain by its other name', () => {
    const opset = concat([text(1, 'ai.onnx'), number(2, 12)]);
    const graph = readModel(concat([field(ModelField.opsetImport, opset), field(ModelField.graph, text(GraphField.name, 'g'))]));
    expect(graph.opset).toBe(12);
  });
});

describe('protocol buffers', () => {
  test('repeated graph fields merge', () => {
    const relu = concat([text(NodeField.input, 'y'), text(NodeField.output, 'z'), text(NodeField.opType, 'Relu')]);
    const graph = readModel(concat([sample(), field(ModelField.graph, field(GraphField.node, relu))]));
    expect(graph.graphFields).toHaveLength(2);
    expect(graph.nodes.at(-1)?.opType).toBe('Relu');
    expect(graph.producer('y')?.opType).toBe('Reshape');
    expect(graph.initializers.size).toBe(3);
  });

  test('the last value of a scalar field wins', () => {
    expect(readModel(concat([sample(), number(ModelField.irVersion, 11)])).irVersion).toBe(11);
  });

  test('integers packed and one by one', () => {
    const name = text(AttributeField.name, 'a');
    const kind = number(AttributeField.type, AttributeKind.ints);
    const one = concat([5, 300, 7].map((value) => number(AttributeField.ints, value)));
    const packed = field(AttributeField.ints, bytesOf(5, 0xac, 0x02, 7));
    expect(withAttribute(name, one, kind).nodes[0]?.attributes.get('a')?.ints).toEqual([5, 300, 7]);
    expect(withAttribute(name, packed, kind).nodes[0]?.attributes.get('a')?.ints).toEqual([5, 300, 7]);
    expect(withAttribute(name, packed, one, kind).nodes[0]?.attributes.get('a')?.ints).toEqual([5, 300, 7, 5, 300, 7]);
  });

  test('packed numbers that run over their end are refused', () => {
    const name = text(AttributeField.name, 'a');
    expect(() => withAttribute(field(AttributeField.ints, bytesOf(5, 0xac)), name)).toThrow(OnnxGradError);
    expect(() => withAttribute(field(AttributeField.floats, bytesOf(0, 0, 128)), name)).toThrow(OnnxGradError);
  });

  test('a zero that the writer left out', () => {
    const name = text(AttributeField.name, 'a');
    expect(withAttribute(name, number(AttributeField.type, AttributeKind.int)).nodes[0]?.attributes.get('a')?.i).toBe(0);
    expect(withAttribute(name, number(AttributeField.type, AttributeKind.float)).nodes[0]?.attributes.get('a')?.f).toBe(0);
    expect(withAttribute(name, number(AttributeField.type, AttributeKind.string)).nodes[0]?.attributes.get('a')?.s).toBe('');
  });

  test('unknown fields are stepped over', () => {
    const unknown = concat([number(1000, 5), field(1001, bytesOf(1, 2, 3)), bytesOf(0xc5, 0x3e, 1, 2, 3, 4)]);
    expect(readModel(concat([unknown, sample()])).nodes).toHaveLength(4);
  });
});

describe('subgraphs', () => {
  test('capture what they do not define', () => {
    const inner = [
      concat([
        text(NodeField.input, 'outside'),
        text(NodeField.input, 'own'),
        text(NodeField.output, 'made'),
        text(NodeField.opType, 'Add'),
      ]),
      concat([
        text(NodeField.input, 'made'),
        text(NodeField.input, 'stored'),
        text(NodeField.output, 'end'),
        text(NodeField.opType, 'Add'),
      ]),
    ];
    const branch = concat([
      ...inner.map((node) => field(GraphField.node, node)),
      field(GraphField.initializer, encodeTensor({ type: 'float32', dims: [], data: [1] }, 'stored')),
      field(GraphField.input, text(ValueInfoField.name, 'own')),
      field(GraphField.output, text(ValueInfoField.name, 'end')),
      field(GraphField.output, text(ValueInfoField.name, 'passed through')),
    ]);
    const graph = withAttribute(text(AttributeField.name, 'then_branch'), field(AttributeField.g, branch));
    expect(graph.nodes[0]?.attributes.get('then_branch')?.captures).toEqual(['outside', 'passed through']);
    expect(graph.consumers('outside')).toHaveLength(1);
  });

  test('nested too deep are refused', () => {
    let body = text(GraphField.name, 'innermost');
    for (let depth = 0; depth < 20; depth++) {
      const node = concat([text(NodeField.opType, 'If'), field(NodeField.attribute, field(AttributeField.g, body))]);
      body = field(GraphField.node, node);
    }
    expect(attempt(concat([model({ opset: 13, nodes: [], inputs: [], outputs: [] }), field(ModelField.graph, body)]))).toBe('limit');
  });
});

test('external data is described', () => {
  const entry = (key: string, value: string) =>
    field(TensorField.externalData, concat([text(EntryField.key, key), text(EntryField.value, value)]));
  const tensor = concat([
    number(TensorField.dims, 5),
    number(TensorField.dataType, 1),
    text(TensorField.name, 'w'),
    entry('location', 'weights.bin'),
    entry('offset', '4096'),
    entry('length', '20'),
    number(TensorField.dataLocation, 1),
  ]);
  const graph = readModel(concat([sample(), field(ModelField.graph, field(GraphField.initializer, tensor))]));
  expect(graph.initializers.get('w')).toMatchObject({
    type: 'float32',
    dims: [5],
    external: { location: 'weights.bin', offset: 4096, length: 20 },
  });
  expect(graph.constant('w')).toBeUndefined();
});

test('a dimension without size or symbol, and a value without shape', () => {
  const dimension = (...parts: Uint8Array[]) => field(ShapeField.dimension, concat(parts));
  const shape = concat([dimension(number(DimensionField.value, 1)), dimension(text(DimensionField.parameter, 'n')), dimension()]);
  const value = (name: string, ...type: Uint8Array[]) =>
    field(
      GraphField.valueInfo,
      concat([text(ValueInfoField.name, name), field(ValueInfoField.type, field(TypeField.tensor, concat(type)))]),
    );
  const graph = readModel(
    concat([
      sample(),
      field(
        ModelField.graph,
        concat([
          value('c', number(TensorTypeField.elementType, 10), field(TensorTypeField.shape, shape)),
          value('r', number(TensorTypeField.elementType, 1)),
          value('k', number(TensorTypeField.elementType, 6), field(TensorTypeField.shape, new Uint8Array())),
        ]),
      ),
    ]),
  );
  expect(graph.declared('c')).toMatchObject({ type: 'float16', dims: [1, 'n', ''] });
  expect(graph.declared('r')).toMatchObject({ type: 'float32', dims: undefined });
  expect(graph.declared('k')).toMatchObject({ type: 'int32', dims: [] });
});

describe('bytes that are no model', () => {
  test('none at all', () => {
    expect(() => readModel(new Uint8Array())).toThrow(/zero bytes/);
  });

  test('a JPEG file', () => {
    expect(attempt(bytesOf(0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01))).toBe('invalid-model');
  });

  test('a page of HTML, a Git LFS pointer, a ZIP archive, zeros', () => {
    const words = (line: string) => new TextEncoder().encode(line);
    for (const bytes of [
      words('<!DOCTYPE html><html><head><title>404</title></head></html>'),
      words('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n'),
      bytesOf(0x50, 0x4b, 0x03, 0x04, 0x14, 0, 0, 0, 8, 0),
      new Uint8Array(100),
    ])
      expect(attempt(bytes)).toBe('invalid-model');
  });

  test('no graph, no operator set', () => {
    expect(() => readModel(number(ModelField.irVersion, 8))).toThrow(/holds no graph/);
    expect(() => readModel(field(ModelField.graph, text(GraphField.name, 'g')))).toThrow(/imports no operator set/);
  });

  test('a message where a number belongs, a number where a message belongs', () => {
    expect(attempt(concat([sample(), field(ModelField.irVersion, bytesOf(8))]))).toBe('invalid-model');
    expect(attempt(concat([sample(), number(ModelField.graph, 8)]))).toBe('invalid-model');
  });

  test('lengths far beyond the end, at any depth', () => {
    const far = bytesOf(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
    const tag = (fieldNumber: number) => bytesOf((fieldNumber << 3) | 2);
    expect(attempt(concat([tag(ModelField.graph), far]))).toBe('invalid-model');
    expect(attempt(field(ModelField.graph, concat([tag(GraphField.node), far])))).toBe('invalid-model');
    expect(attempt(field(ModelField.graph, field(GraphField.node, concat([tag(NodeField.opType), far]))))).toBe('invalid-model');
    expect(attempt(field(ModelField.graph, field(GraphField.initializer, concat([tag(TensorField.dims), far]))))).toBe('invalid-model');
  });

  test('a tensor of more axes than runtimes have', () => {
    const tensor = field(TensorField.dims, new Uint8Array(1000).fill(1));
    expect(attempt(concat([sample(), field(ModelField.graph, field(GraphField.initializer, tensor))]))).toBe('limit');
  });

  test('nodes that use values before they are made', () => {
    const bytes = model({
      opset: 13,
      inputs: [{ name: 'x', type: 'float32', dims: [1] }],
      outputs: ['z'],
      nodes: [
        { opType: 'Relu', inputs: ['y'], outputs: ['z'] },
        { opType: 'Relu', inputs: ['x'], outputs: ['y'] },
      ],
    });
    expect(() => readModel(bytes)).toThrow(/topological order.*'y' before it is made/);
  });
});

describe('damage', () => {
  const whole = sample();

  test('cut off anywhere: an error, or a graph where a field ended', () => {
    const codes = new Set<string>();
    for (let end = 0; end < whole.length; end++) {
      const result = attempt(whole.subarray(0, end));
      if (typeof result === 'string') codes.add(result);
    }
    expect([...codes]).toEqual(['invalid-model']);
  });

  test('a larger model, cut at every 97th byte', () => {
    const nodes = Array.from({ length: 200 }, (_, index) => ({ opType: 'Relu', inputs: [`v${index}`], outputs: [`v${index + 1}`] }));
    const bytes = model({ opset: 13, nodes, inputs: [{ name: 'v0', type: 'float32', dims: [1] }], outputs: ['v200'] });
    for (let end = 0; end < bytes.length; end += 97) expect(attempt(bytes.subarray(0, end))).toBe('invalid-model');
  });

  test('flipped bits: an error of ours or a graph, whose constants can be asked for', () => {
    const next = random('flips');
    for (let round = 0; round < 5000; round++) {
      const bytes = whole.slice();
      for (let flips = 1 + Math.floor(next() * 3); flips > 0; flips--) {
        const at = Math.floor(next() * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(next() * 8));
      }
      const result = attempt(bytes);
      if (typeof result === 'string') expect(['invalid-model', 'limit']).toContain(result);
      else for (const name of ['weight', 'shape', 'half', 'k']) constantOrRefusal(result, name);
    }
  });

  test('random bytes', () => {
    const next = random('noise');
    for (let round = 0; round < 2000; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(next() * 200) }, () => Math.floor(next() * 256));
      expect(['invalid-model', 'limit']).toContain(attempt(bytes));
    }
  });
});

function constantOrRefusal(graph: Graph, name: string): void {
  try {
    graph.constant(name);
  } catch (error) {
    if (!(error instanceof OnnxGradError)) throw error;
  }
}

test('a value that is made twice is refused: nodes in order could make a circle', () => {
  const identity = (from: string, to: string) => ({ opType: 'Identity', inputs: [from], outputs: [to] });
  const nodes = [identity('x', 'b'), identity('b', 'a'), identity('a', 'b')];
  const bytes = model({ opset: 13, nodes, inputs: [{ name: 'x', type: 'float32', dims: [1] }], outputs: ['a'] });
  expect(() => readModel(bytes)).toThrow("makes 'b' again");
});

test('a constant is found behind any number of Identity nodes', () => {
  const nodes = Array.from({ length: 20_000 }, (_, index) => ({
    opType: 'Identity',
    inputs: [index === 0 ? 'k' : `i${index - 1}`],
    outputs: [`i${index}`],
  }));
  const initializers = new Map([['k', { type: 'int64', dims: [1], data: [7] } as const]]);
  const graph = readModel(model({ opset: 13, nodes, inputs: [], outputs: ['i19999'], initializers }));
  expect(graph.constant('i19999')?.data).toEqual([7]);
});
