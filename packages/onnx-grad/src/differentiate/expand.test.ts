import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import type { NewNode } from '../bytes/write.js';
import type { Constant } from '../graph/types.js';
import { model } from '../testing/model.js';
import { gradient } from './gradient.js';

const kernel: Constant = { type: 'float32', dims: [1, 1, 1, 1], data: [2] };

/** The operators that the gradient of y, a [1, 1, 2, 2] made from an x of that shape, takes. */
function emitted(node: Omit<NewNode, 'outputs'>, outputs: readonly string[] = ['y']): string[] {
  const bytes = model({
    opset: 17,
    domains: { 'com.microsoft': 1 },
    nodes: [{ domain: 'com.microsoft', outputs, ...node }],
    inputs: [{ name: 'x', type: 'float32', dims: [1, 1, 2, 2] }],
    outputs: [outputs.at(-1) ?? ''],
    initializers: new Map([['w', kernel]]),
  });
  const b = new GraphBuilder(readModel(bytes));
  for (const output of outputs) b.facts.learn(output, { type: 'float32', dims: [1, 1, 2, 2] });
  const target = outputs.at(-1) ?? '';
  b.output('dx', gradient(b, new Map([[target, target]]), ['x']).get('x') ?? '');
  return b.addition.nodes.map(({ opType }) => opType);
}

const fused = (activation: string): Omit<NewNode, 'outputs'> => ({ opType: 'FusedConv', inputs: ['x', 'w'], attributes: { activation } });

describe('operators that stand for others', () => {
  test('compute again only what a derivative reads', () => {
    const convolutions = (activation: string) => emitted(fused(activation)).filter((operator) => operator === 'Conv').length;
    // The gate of a Relu is read off the node's own output; a HardSwish needs what it got, that is the convolution again.
    expect(convolutions('HardSwish')).toBe(convolutions('Relu') + 1);
  });

  test('made of an operator without a rule: it is named', () => {
    expect(() => emitted(fused('Frobnicate'))).toThrow(
      /Frobnicate node .* lies on the path, and operator Frobnicate .* has no differentiation rule/,
    );
  });

  test('an output whose gradient they do not give is refused', () => {
    const skip = { opType: 'SkipLayerNormalization', inputs: ['x', 'x', 'w'] };
    expect(() => emitted(skip, ['y', 'mean'])).toThrow(/output 1 \('mean'\) to be beside/);
  });
});
