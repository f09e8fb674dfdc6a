import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { gradient } from '../differentiate/gradient.js';
import { OnnxGradError } from '../errors.js';
import { number, text } from '../testing/bytes.js';
import { model } from '../testing/model.js';
import { using } from '../testing/session.js';
import { concat, field } from './append.js';
import { EntryField, GraphField, ModelField, TensorField } from './fields.js';
import { skeleton } from './probe.js';
import { readModel } from './read.js';

/** y = reshape(x · w, shape), with w (float32 [2, 3]) and shape (int64 [2]) in a file of their own. */
function external(shapeEntries: Readonly<Record<string, string>>): Uint8Array {
  const stored = (name: string, type: number, dims: readonly number[], entries: Readonly<Record<string, string>>) =>
    field(
      GraphField.initializer,
      concat([
        ...dims.map((size) => number(TensorField.dims, size)),
        number(TensorField.dataType, type),
        text(TensorField.name, name),
        ...Object.entries(entries).map(([key, value]) =>
          field(TensorField.externalData, concat([text(EntryField.key, key), text(EntryField.value, value)])),
        ),
        number(TensorField.dataLocation, 1),
      ]),
    );
  const graph = model({
    opset: 17,
    inputs: [{ name: 'x', type: 'float32', dims: [4, 2] }],
    outputs: ['y'],
    nodes: [
      { opType: 'MatMul', inputs: ['x', 'w'], outputs: ['product'] },
      { opType: 'Reshape', inputs: ['product', 'shape'], outputs: ['y'] },
    ],
  });
  const weights = stored('w', 1, [2, 3], { location: 'w.bin', offset: '0', length: '24' });
  return concat([graph, field(ModelField.graph, concat([weights, stored('shape', 7, [2], shapeEntries)]))]);
}

const inFile = external({ location: 'w.bin', offset: '24', length: '16' });
const content = new Uint8Array(40);
content.set(new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer));
content.set(new Uint8Array(BigInt64Array.of(2n, 6n).buffer), 24);
const externalData = new Map([['w.bin', content]]);

test('a shape in a file of weights is known where the file is given', () => {
  expect(readModel(inFile).constant('shape')).toBeUndefined();
  const graph = readModel(inFile, { externalData });
  expect(graph.constant('shape')).toEqual({ type: 'int64', dims: [2], data: [2, 6] });
  const b = new GraphBuilder(graph);
  expect(b.facts.of('y').dims).toEqual([2, 6]);
  expect(gradient(b, new Map([['y', 'y']]), ['x']).get('x')).toBeDefined();
});

test('a skeleton holds what is small in its own bytes', async () => {
  const bare = skeleton(readModel(inFile, { externalData }), ['y']);
  await using(bare, async ({ inputNames, outputMetadata }) => {
    expect(inputNames).toEqual(['x']);
    expect(outputMetadata).toMatchObject([{ name: 'y', shape: [2, 6] }]);
  });
});

describe('what a hostile model says of its file is refused in words:', () => {
  const refusal = (entries: Readonly<Record<string, string>>) => {
    try {
      readModel(external({ location: 'w.bin', ...entries }), { externalData });
    } catch (error) {
      if (error instanceof OnnxGradError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'nothing';
  };

  test.each(['-8', '1e99', 'many', '0x10', '', ' 8', '9'.repeat(400)])('offset %j', (offset) => {
    expect(refusal({ offset })).toMatch(/^invalid-model: expected the offset of initializer 'shape' in its file as a number of bytes/);
  });

  test.each(['-1', 'NaN', '16.5'])('length %j', (length) => {
    expect(refusal({ length })).toMatch(/^invalid-model: expected the length of initializer 'shape'/);
  });

  test.each([{ offset: '24', length: '17' }, { offset: '41' }, { offset: '999999999999999', length: '999999999999999' }])(
    'outside of the file: %j',
    (entries) => {
      expect(refusal(entries)).toMatch(
        /^invalid-model: expected initializer 'shape' at bytes \d+ to \d+ of 'w\.bin', but that file has 40/,
      );
    },
  );

  test('fewer bytes than the shape takes: no constant', () => {
    const graph = readModel(external({ location: 'w.bin', offset: '24', length: '8' }), { externalData });
    expect(graph.constant('shape')).toBeUndefined();
  });
});
