import { expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import type { NewNode } from '../bytes/write.js';
import { model } from '../testing/model.js';
import { answer, learnFacts } from '../testing/session.js';
import { gradient } from './gradient.js';

const x = { type: 'float32', dims: [1, 3], data: [-1.5, 0.25, 2] } as const;
const sigmoid = x.data.map((value) => 1 / (1 + Math.exp(-value)));
const gate: NewNode = { opType: 'Sigmoid', inputs: ['x'], outputs: ['s'] };
const product: NewNode = { opType: 'Mul', inputs: ['s', 'x'], outputs: ['y'] };

/** d (Σ y) / d (wrt), and the operators that were written. */
async function gradients(nodes: readonly NewNode[], wrt: readonly string[]) {
  const bytes = model({ opset: 13, inputs: [{ name: 'x', type: 'float32', dims: [1, 3] }], outputs: ['y'], nodes });
  const graph = readModel(bytes);
  const b = new GraphBuilder(graph, await learnFacts(graph, { x }));
  const found = gradient(b, new Map([['y', b.constant('float32', [1, 3], [1, 1, 1])]]), wrt);
  const names = wrt.map((value) => b.output(`d ${value}`, found.get(value) ?? ''));
  const made = await answer(b.append(), { x });
  return { values: names.map((name) => made[name]?.data ?? []), operators: b.addition.nodes.map(({ opType }) => opType) };
}

const close = (received: readonly number[], expected: readonly number[]) => {
  expect(received).toHaveLength(expected.length);
  // float32
  for (const [index, value] of expected.entries()) expect(received[index]).toBeCloseTo(value, 6);
};

const slope = x.data.map((value, index) => {
  const s = sigmoid[index] ?? 0;
  return s + value * s * (1 - s);
});

test('x · σ(x) is differentiated as one operator', async () => {
  const { values, operators } = await gradients([gate, product], ['x']);
  close(values[0] ?? [], slope);
  expect(operators.filter((operator) => operator === 'Mul')).toHaveLength(2);
});

test('where the gate is asked for, it keeps its own gradient', async () => {
  const { values } = await gradients([gate, product], ['x', 's']);
  close(values[0] ?? [], slope);
  close(values[1] ?? [], x.data);
});

test('where the gate is read by others too, both parts count', async () => {
  const { values } = await gradients([gate, { ...product, outputs: ['p'] }, { opType: 'Add', inputs: ['p', 's'], outputs: ['y'] }], ['x']);
  close(
    values[0] ?? [],
    slope.map((value, index) => value + (sigmoid[index] ?? 0) * (1 - (sigmoid[index] ?? 0))),
  );
});
