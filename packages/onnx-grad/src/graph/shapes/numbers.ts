import { constantOf } from '../graph.js';
import type { Dimension } from '../types.js';
import { binaries } from './arithmetic.js';
import { shapeOf, split } from './layout.js';
import { readSlice, taken } from './slice.js';
import { fromFront, type Numbers, product, type Step, sum } from './step.js';

type Position = readonly number[];

/**
 * The numbers that an operator makes of small tensors, in the order of the output, whose shape is `to`; undefined where they are unknown.
 * `index` tells which output is meant.
 */
export type NumbersRule = (step: Step, to: Position, index: number) => readonly Dimension[] | undefined;

/** What `at` gives at each position of a shape. */
function fill(to: Position, at: (position: Position) => Dimension): Dimension[] {
  const count = to.reduce((product, size) => product * size, 1);
  const position = to.map(() => 0);
  return Array.from({ length: count }, () => {
    const value = at(position);
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const next = (position[axis] ?? 0) + 1;
      position[axis] = next === to[axis] ? 0 : next;
      if (next !== to[axis]) break;
    }
    return value;
  });
}

/** The number at a position, which may be one of a shape to which the tensor is broadcast; '' outside. */
function read({ dims, data }: Numbers, position: Position): Dimension {
  let offset = 0;
  for (const [axis, size] of dims.entries()) {
    const at = size === 1 ? 0 : (position[axis + position.length - dims.length] ?? -1);
    if (at < 0 || at >= size) return '';
    offset = offset * size + at;
  }
  return data[offset] ?? '';
}

/** A position with another index along one axis; a damaged model may name an axis that is not there. */
function moveTo(position: Position, along: number, index: number): Position {
  return position.map((own, axis) => (axis === along ? index : own));
}

const same: NumbersRule = (s) => s.tensor(0)?.data;

/** What a function makes of the elements of the first input at the positions that it gives. */
const moved =
  (from: (step: Step, x: Numbers, index: number) => ((position: Position) => Position) | undefined): NumbersRule =>
  (s, to, index) => {
    const x = s.tensor(0);
    const before = x && from(s, x, index);
    return x && before && fill(to, (position) => read(x, before(position)));
  };

const binary: NumbersRule = (s, to) => {
  const compute = binaries[s.node.opType];
  const [one, other] = [s.tensor(0), s.tensor(1)];
  if (compute === undefined || one === undefined || other === undefined || s.node.inputs.length > 2) return undefined;
  return fill(to, (position) => compute(read(one, position), read(other, position), one.type));
};

const unary =
  (compute: (value: number) => Dimension, ofSymbol: (size: string) => Dimension): NumbersRule =>
  (s) =>
    s.tensor(0)?.data.map((size) => (typeof size === 'number' ? compute(size) : ofSymbol(size)));

/** Rounding, and what else leaves a size as it is. */
const keeping = (compute: (value: number) => number) => unary(compute, (size) => size);

/** Reductions to one number. */
const reduced =
  (operator: string, start: number): NumbersRule =>
  (s, to) => {
    const x = to.every((size) => size === 1) ? s.tensor(0) : undefined;
    return x && [x.data.reduce((all, size) => binaries[operator]?.(all, size, x.type) ?? '', start)];
  };

const concat: NumbersRule = (s, to) => {
  const along = fromFront(s.a.int('axis', 1), to.length);
  const inputs = s.node.inputs.map((_, input) => s.tensor(input));
  if (inputs.every((input) => input === undefined)) return undefined;
  const parts = inputs.flatMap((input, index) => {
    const size = s.dims(index)?.[along];
    return Array.from({ length: Number(size) }, (_, at) => ({ input, at }));
  });
  return fill(to, (position) => {
    const { input, at = 0 } = parts[position[along] ?? 0] ?? {};
    return input === undefined ? '' : read(input, moveTo(position, along, at));
  });
};

const gather: NumbersRule = (s, to) => {
  const [x, indices] = [s.tensor(0), s.tensor(1)];
  if (x === undefined || indices === undefined) return undefined;
  const along = fromFront(s.a.int('axis', 0), x.dims.length);
  const behind = along + indices.dims.length;
  return fill(to, (position) => {
    const index = read(indices, position.slice(along, behind));
    if (typeof index !== 'number') return '';
    return read(x, [...position.slice(0, along), fromFront(index, x.dims[along] ?? 0), ...position.slice(behind)]);
  });
};

const where: NumbersRule = (s, to) => {
  const [condition, yes, no] = [s.tensor(0), s.tensor(1), s.tensor(2)];
  if (condition === undefined || yes === undefined || no === undefined) return undefined;
  return fill(to, (position) => {
    const holds = read(condition, position);
    return holds === '' ? '' : read(holds === 0 ? no : yes, position);
  });
};

const slice = moved((s, x) => {
  const ranges = readSlice(s, x.dims.length);
  const cuts = x.dims.map((size, axis) => {
    const bounds = ranges?.get(axis);
    return bounds === undefined ? { first: 0, step: 1 } : { first: taken(size, bounds)?.first ?? -1, step: Number(bounds.step) };
  });
  return ranges && ((position) => cuts.map(({ first, step }, axis) => first + step * (position[axis] ?? 0)));
});

const each = (operators: string, rule: NumbersRule) => Object.fromEntries(operators.split(/\s+/).map((operator) => [operator, rule]));

/** How operators compute small tensors: what exporters write where a shape is computed. */
export const numbers: Readonly<Record<string, NumbersRule>> = {
  Shape: (s) => shapeOf(s, s.dims(0) ?? []),
  Size: (s) => [product(s.dims(0) ?? [''])],
  ConstantOfShape: (s, to) => fill(to, () => (s.a.has('value') ? (constantOf(s.node)?.data[0] ?? '') : 0)),
  Range: (s, to) => fill(to, ([at = 0]) => Number(s.tensor(0)?.data[0]) + at * Number(s.tensor(2)?.data[0])),
  ...each('Identity Cast Reshape Squeeze Unsqueeze Flatten', same),
  Floor: keeping(Math.floor),
  Ceil: keeping(Math.ceil),
  Abs: keeping(Math.abs),
  Neg: unary(
    (value) => 0 - value,
    () => '',
  ),
  Not: unary(
    (value) => Number(value === 0),
    () => '',
  ),
  ...each(Object.keys(binaries).join(' '), binary),
  Mod: (s, to, index) => (s.a.int('fmod', 0) === 1 ? undefined : binary(s, to, index)),
  ReduceProd: reduced('Mul', 1),
  ReduceSum: reduced('Add', 0),
  Where: where,
  Concat: concat,
  Gather: gather,
  Slice: slice,
  Split: moved((s, { dims }, index) => {
    const along = fromFront(s.a.int('axis', 0), dims.length);
    const before = sum(Array.from({ length: index }, (_, other) => split(s, dims, other)?.[along] ?? ''));
    return typeof before === 'number' ? (position) => moveTo(position, along, before + (position[along] ?? 0)) : undefined;
  }),
  Expand: moved(() => (position) => position),
  Tile: moved(
    (_, { dims }) =>
      (position) =>
        dims.map((size, axis) => (position[axis] ?? 0) % size),
  ),
  Transpose: moved((s, { dims }) => {
    const perm = s.a.ints('perm') ?? [...dims.keys()].reverse();
    return (position) => dims.map((_, axis) => position[perm.indexOf(axis)] ?? -1);
  }),
};
