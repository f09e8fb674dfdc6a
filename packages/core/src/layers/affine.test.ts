import { readModel } from 'onnx-grad';
import { expect, test } from 'vitest';
import { type ModelParts, model } from '../../../onnx-grad/src/testing/model.js';
import { notAffine } from './affine.js';

type Node = Exclude<ModelParts['nodes'][number], Uint8Array>;
const node = (opType: string, inputs: readonly string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  opType,
  inputs,
  outputs: [output],
  attributes,
});

/** The node for which `y` is no affine function of `A`, which a node makes of the picture; `w` is a weight, `side` another value made of the picture. */
function obstacle(nodes: readonly Node[]): string | undefined {
  const float = { type: 'float32', dims: [1], data: [2] } as const;
  const before = [node('Relu', ['picture'], 'A'), node('Sigmoid', ['picture'], 'side')];
  const bytes = model({
    opset: 13,
    nodes: [...before, ...nodes],
    inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 4] }],
    outputs: ['y'],
    initializers: new Map([['w', float]]),
  });
  return notAffine(readModel(bytes), 'A', 'y')?.opType;
}

test.each<readonly [string, readonly Node[]]>([
  ['pooling and a linear layer', [node('GlobalAveragePool', ['A'], 'p'), node('Flatten', ['p'], 'f'), node('Gemm', ['f', 'w', 'w'], 'y')]],
  ['the inference of a normalisation', [node('BatchNormalization', ['A', 'w', 'w', 'w', 'w'], 'n'), node('Conv', ['n', 'w'], 'y')]],
  ['dropout at inference', [node('Dropout', ['A'], 'd'), node('MatMul', ['d', 'w'], 'y')]],
  ['a sum of two of its parts', [node('Mul', ['A', 'w'], 'm'), node('Sub', ['m', 'A'], 'y')]],
  ['a product with what the picture gives otherwise', [node('Mul', ['side', 'A'], 'y')]],
  ['a quotient by such', [node('Div', ['A', 'side'], 'y')]],
  ['a shape that is read of it', [node('Shape', ['A'], 's'), node('Reshape', ['A', 's'], 'y')]],
])('behind a layer, %s is affine', (_, nodes) => {
  expect(obstacle(nodes)).toBeUndefined();
});

test.each<readonly [string, readonly Node[]]>([
  ['an activation', [node('Relu', ['A'], 'y')]],
  ['a maximum', [node('GlobalMaxPool', ['A'], 'y')]],
  ['a square', [node('Mul', ['A', 'A'], 'y')]],
  ['a product of two of its parts', [node('Neg', ['A'], 'n'), node('Mul', ['n', 'A'], 'y')]],
  ['a step, whatever its gradient', [node('Greater', ['A', 'w'], 'y')]],
  ['a quotient by it', [node('Div', ['w', 'A'], 'y')]],
  ['a scale or a mean of a normalisation', [node('BatchNormalization', ['side', 'w', 'w', 'A', 'w'], 'y')]],
  ['a normalisation in training', [node('BatchNormalization', ['A', 'w', 'w', 'w', 'w'], 'y', { training_mode: 1 })]],
  ['dropout that may be in training', [node('Dropout', ['A', '', 'w'], 'y')]],
  ['an operator that is not of the standard', [{ ...node('Mul', ['A', 'w'], 'y'), domain: 'example' }]],
])('behind a layer, %s is not', (_, nodes) => {
  expect(obstacle(nodes)).toBe(nodes.at(-1)?.opType);
});
