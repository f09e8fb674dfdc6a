import { describe, expect, test } from 'vitest';
import type { NewNode } from '../bytes/write.js';
import { prune } from './prune.js';

const node = (opType: string, input: string, output: string): NewNode => ({ opType, inputs: [input], outputs: [output] });
const show = (name: string, of: string) => ({ name, of, type: undefined, dims: undefined });
const draft = { inputs: [], initializers: new Map() };

describe('pruning', () => {
  test('leaves out nodes and constants that no output needs', () => {
    const one = { type: 'float32', dims: [], data: [1] } as const;
    const nodes = [node('Neg', 'x', 'a'), node('Abs', 'a', 'b'), node('Exp', 'a', 'unused'), node('Log', 'k', 'unused too')];
    const { nodes: kept, initializers } = prune({ ...draft, nodes, initializers: new Map([['k', one]]), outputs: [show('y', 'b')] });
    expect(kept.map(({ opType }) => opType)).toEqual(['Neg', 'Abs']);
    expect(initializers.size).toBe(0);
  });

  test('gives a shown value the name of its output, wherever it is used', () => {
    const nodes = [node('Neg', 'x', 'a'), node('Abs', 'a', 'b')];
    const { nodes: kept, outputs } = prune({ ...draft, nodes, outputs: [show('first', 'a'), show('second', 'b')] });
    expect(kept).toEqual([node('Neg', 'x', 'first'), node('Abs', 'first', 'second')]);
    expect(outputs.map(({ name }) => name)).toEqual(['first', 'second']);
  });

  test("copies a value that is shown twice, and the model's own", () => {
    const { nodes } = prune({
      ...draft,
      nodes: [node('Neg', 'x', 'a')],
      outputs: [show('one', 'a'), show('two', 'a'), show('three', 'x')],
    });
    expect(nodes).toEqual([node('Neg', 'x', 'one'), node('Identity', 'one', 'two'), node('Identity', 'x', 'three')]);
  });

  test('leaves a value that is shown under its own name', () => {
    const { nodes, outputs } = prune({ ...draft, nodes: [], outputs: [show('x', 'x')] });
    expect(nodes).toEqual([]);
    expect(outputs).toEqual([{ name: 'x', type: undefined, dims: undefined }]);
  });
});
