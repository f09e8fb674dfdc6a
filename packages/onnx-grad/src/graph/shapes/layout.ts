import { dimensionOf, over, productOf } from '../size.js';
import { type Dimension, isFloating } from '../types.js';
import type { ShapeRule, ShapeRules } from './rule.js';
import { readSlice, sliced } from './slice.js';
import { broadcast, type Dims, fromFront, product, type Step, sum } from './step.js';

/** One size that is -1, or that nobody knows, is whatever is left of the elements. */
const reshape: ShapeRule = (s, x) => {
  const target = s.tensor(1)?.data;
  if (target === undefined) return undefined;
  const copied = (axis: number) => target[axis] === 0 && s.a.int('allowzero', 0) !== 1;
  const sizes = target.map((size, axis) => (copied(axis) ? (x[axis] ?? '') : size));
  const isOpen = (size: Dimension, axis: number) => !copied(axis) && (size === -1 || size === '');
  if (sizes.filter(isOpen).length !== 1) return sizes.map((size, axis) => (isOpen(size, axis) ? '' : size));
  // Sizes that are copied cancel out, known or not.
  const all = productOf(x.filter((_, axis) => !copied(axis)));
  const others = productOf(sizes.filter((size, axis) => !copied(axis) && !isOpen(size, axis)));
  const rest = all && others && over(all, others);
  return sizes.map((size, axis) => (isOpen(size, axis) ? (rest === undefined ? '' : dimensionOf(rest)) : size));
};

const squeeze: ShapeRule = (s, x) => {
  const axes = s.ints('axes', 1);
  // Without axes every 1 goes: which these are must be known.
  if (axes === undefined) return s.has(1) || !x.every((size) => typeof size === 'number') ? undefined : x.filter((size) => size !== 1);
  const gone = new Set(axes.map((axis) => fromFront(axis, x.length)));
  return x.filter((_, axis) => !gone.has(axis));
};

const unsqueeze: ShapeRule = (s, x) => {
  const axes = s.ints('axes', 1);
  if (axes === undefined) return undefined;
  const rank = x.length + axes.length;
  const added = new Set(axes.map((axis) => fromFront(axis, rank)));
  const rest = x.values();
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.next().value ?? '')));
};

const concat: ShapeRule = (s, x) => {
  const along = fromFront(s.a.int('axis', 1), x.length);
  const total = sum(s.node.inputs.map((_, input) => s.dims(input)?.[along] ?? ''));
  return x.map((size, axis) => (axis === along ? total : size));
};

export const split: ShapeRule = (s, x, index) => {
  const along = fromFront(s.a.int('axis', 0), x.length);
  const given = s.a.has('split') || s.has(1);
  const part = given ? (s.list('split', 1)?.[index] ?? '') : equalPart(x[along] ?? '', s.node.outputs.length, index);
  return x.map((size, axis) => (axis === along ? part : size));
};

/** One of equal parts; the last may be smaller. */
function equalPart(size: Dimension, count: number, index: number): Dimension {
  if (typeof size === 'string') return '';
  const part = Math.ceil(size / count);
  return index < count - 1 ? part : size - part * (count - 1);
}

const gather: ShapeRule = (s, x) => {
  const along = fromFront(s.a.int('axis', 0), x.length);
  const indices = s.dims(1);
  return indices && [...x.slice(0, along), ...indices, ...x.slice(along + 1)];
};

const pad: ShapeRule = (s, x) => {
  const pads = s.list('pads', 1);
  const axes = s.has(3) ? s.ints('', 3)?.map((axis) => fromFront(axis, x.length)) : [...x.keys()];
  if (pads === undefined || pads.length !== 2 * (axes?.length ?? Number.NaN)) return undefined;
  return x.map((size, axis) => {
    const at = axes?.indexOf(axis) ?? -1;
    const added = at < 0 ? 0 : sum([pads[at] ?? '', pads[at + pads.length / 2] ?? '']);
    return added === 0 ? size : sum([size, added]);
  });
};

const flatten: ShapeRule = (s, x) => {
  const split = fromFront(s.a.int('axis', 1), x.length);
  return [product(x.slice(0, split)), product(x.slice(split))];
};

/** The axes that Shape tells of. */
export function shapeOf(s: Step, x: Dims): Dims {
  return x.slice(s.a.int('start', 0), s.a.get('end')?.i);
}

/** How many numbers a Range has: from start to limit, which is not reached. */
const range: ShapeRule = (s) => {
  const [start, limit, step] = [0, 1, 2].map((input) => s.tensor(input)?.data[0]);
  // What floating-point steps add up to is the runtime's business.
  if (isFloating(s.type(0)) || typeof start !== 'number' || typeof limit !== 'number' || typeof step !== 'number') return [''];
  return [Math.max(Math.ceil((limit - start) / step), 0)];
};

/** Operators that move elements, or make shapes of numbers. */
export const layoutShapes: ShapeRules = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: (s, x) => (s.a.ints('perm') ?? [...x.keys()].reverse()).map((axis) => x[axis] ?? ''),
  Concat: concat,
  Split: split,
  Slice: (s, x) => {
    const ranges = readSlice(s, x.length);
    return ranges ? x.map((size, axis) => sliced(size, ranges.get(axis))) : x.map(() => '');
  },
  Gather: gather,
  GatherElements: (s) => s.dims(1),
  Expand: (s, x) => broadcast([x, s.tensor(1)?.data]),
  Tile: (s, x) => {
    const repeats = s.tensor(1)?.data;
    return repeats?.length === x.length ? x.map((size, axis) => product([size, repeats[axis] ?? ''])) : undefined;
  },
  Pad: pad,
  Compress: (s, x) => {
    const along = fromFront(s.a.int('axis', 0), x.length);
    return s.a.has('axis') ? x.map((size, axis) => (axis === along ? '' : size)) : [''];
  },
  Shape: (s, x) => [shapeOf(s, x).length],
  Size: () => [],
  ConstantOfShape: (s) => s.tensor(0)?.data,
  Range: range,
};
