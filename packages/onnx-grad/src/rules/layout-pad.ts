import type { GraphBuilder, Value } from '../build/builder.js';
import { list } from '../graph/list.js';
import { identity, timesAlong } from './resize-axis.js';
import { type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

interface PadAttributes {
  readonly mode: 'constant' | 'reflect' | 'edge' | 'wrap';
  readonly pads: readonly number[] | undefined;
}

/** What is put before and behind one axis; negative numbers crop. */
interface Border {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
}

const END = 2 ** 31 - 1;

export const padRule: Rule = rule<PadAttributes>('Pad', {
  attributes: (a) => ({ mode: a.choice('mode', 'constant', ['constant', 'reflect', 'edge', 'wrap']), pads: a.ints('pads') }),
  inputs: [0, 2],
  // Borders of copies leave the constant unused.
  steps: ({ mode }) => (mode === 'constant' ? [] : [2]),
  rows: (c) => !c.wanted.has(2) && (fixedBorders(c)?.every(({ axis, begin, end }) => axis > 0 || (begin === 0 && end === 0)) ?? false),
  vjp: (c, index) => (index === 2 ? ofConstant(c) : c.attributes.mode === 'constant' ? uncrop(c) : ofBorders(c)),
});

/** The borders of all axes that have one; undefined where they are computed at run time. */
function fixedBorders(c: RuleContext<PadAttributes>): Border[] | undefined {
  const constant = (index: number) => c.facts.graph.constant(c.optional(index) ?? '')?.data;
  const pads = c.attributes.pads ?? constant(1);
  const axes = c.optional(3) === undefined ? c.dims(c.x).map((_, axis) => axis) : constant(3)?.map((axis) => c.axis(axis));
  return pads && axes?.map((axis, index) => ({ axis, begin: pads[index] ?? 0, end: pads[index + axes.length] ?? 0 }));
}

/** A border of constants is cut off again, and what was cut off gets zeros: Pad with the negated numbers. */
function uncrop(c: VjpContext<PadAttributes>): Value {
  const { b, g } = c;
  const negative = (pads: readonly number[]) => pads.map((pad) => -pad);
  if (c.opset < 11) return b.pad(g, negative(c.attributes.pads ?? []));
  const constant = c.facts.graph.constant(c.input(1));
  const negated = constant === undefined ? b.neg(c.input(1)) : b.ints(negative(constant.data));
  return b.node('Pad', [g, negated, '', c.optional(3) ?? ''], { mode: 'constant' });
}

/** The constant is wherever a border of ones is around zeros. */
function ofConstant(c: VjpContext<PadAttributes>): Value {
  const { b, g, x } = c;
  const border = b.again(c.node, [b.zerosLike(x), c.input(1), b.scalar(1, x), c.optional(3) ?? '']);
  const axes = c.dims(x).map((_, axis) => axis);
  return b.reshape(b.sum(b.mul(g, border), axes, false), c.dims(c.input(2)).length === 0 ? [] : [1]);
}

/** Borders of copies: what arrives at a copy goes to what was copied, one axis after the other, the last one first. */
function ofBorders(c: VjpContext<PadAttributes>): Value {
  const borders: (Border | ComputedBorder)[] = fixedBorders(c) ?? computedBorders(c);
  borders.sort((one, other) => other.axis - one.axis);
  return borders.reduce((g, border) => {
    if (border.begin === 0 && border.end === 0) return g;
    if ('pads' in border || !foldable(c, border)) return timesAlong(c.b, g, copies(c, border), border.axis, c.x);
    return fold(c.b, g, c.attributes.mode, border);
  }, c.g);
}

/** Numbers known only at run time, one pair an axis: int64 [1]. */
interface ComputedBorder {
  readonly axis: number;
  readonly begin?: undefined;
  readonly end?: undefined;
  readonly pads: readonly [begin: Value, end: Value];
}

function computedBorders(c: VjpContext<PadAttributes>): ComputedBorder[] {
  const axes = c.constantInts(3)?.map((axis) => c.axis(axis)) ?? c.dims(c.x).map((_, axis) => axis);
  const pad = (index: number) => c.b.slice(c.input(1), 0, index, index + 1);
  return axes.map((axis, index) => ({ axis, pads: [pad(index), pad(index + axes.length)] }));
}

/** Whether an axis is long enough that nothing is copied twice: then slices do. What is cropped, or shorter, takes a matrix. */
function foldable(c: VjpContext<PadAttributes>, { axis, begin, end }: Border): boolean {
  if (begin < 0 || end < 0) return false;
  const size = c.dims(c.x)[axis];
  // The standard wants a reflected border to be shorter than the axis.
  if (typeof size !== 'number') return c.attributes.mode !== 'wrap';
  return c.attributes.mode === 'edge' || Math.max(begin, end) < size;
}

/** The axis without its borders, and each border added to the positions that it copies. */
function fold(b: GraphBuilder, g: Value, mode: PadAttributes['mode'], { axis, begin, end }: Border): Value {
  let inner = b.slice(g, axis, begin, end === 0 ? END : -end);
  if (begin > 0) {
    const [from, to] = mode === 'reflect' ? [1, 1 + begin] : mode === 'edge' ? [0, 1] : [-begin, END];
    inner = addBetween(b, inner, axis, from, to, source(b, b.slice(g, axis, 0, begin), mode, axis, begin));
  }
  if (end > 0) {
    const [from, to] = mode === 'reflect' ? [-1 - end, -1] : mode === 'edge' ? [-1, END] : [0, end];
    inner = addBetween(b, inner, axis, from, to, source(b, b.slice(g, axis, -end, END), mode, axis, end));
  }
  return inner;
}

/** A border as it arrives at its source: turned round, summed, or as it is. */
function source(b: GraphBuilder, border: Value, mode: PadAttributes['mode'], axis: number, count: number): Value {
  if (mode === 'edge') return b.sum(border, [axis]);
  if (mode === 'wrap') return border;
  return b.gather(border, b.ints(list(count, (index) => count - 1 - index)), axis);
}

function addBetween(b: GraphBuilder, x: Value, axis: number, from: number, to: number, part: Value): Value {
  const before = from === 0 ? [] : [b.slice(x, axis, 0, from)];
  const behind = to === END ? [] : [b.slice(x, axis, to, END)];
  return b.concat([...before, b.add(b.slice(x, axis, from, to), part), ...behind], axis);
}

/** Which position along the padded axis is a copy of which: the same padding of the identity matrix. */
function copies(c: VjpContext<PadAttributes>, border: Border | ComputedBorder): Value {
  const { b, g } = c;
  const unit = identity(b, c.x, border.axis, g);
  const { mode } = c.attributes;
  if (c.opset < 11) return b.node('Pad', [unit], { mode, pads: [0, border.begin ?? 0, 0, border.end ?? 0] });
  const zero = b.ints([0]);
  const pads = 'pads' in border ? b.concat([zero, border.pads[0], zero, border.pads[1]], 0) : b.ints([0, border.begin, 0, border.end]);
  return b.node('Pad', [unit, pads], { mode });
}
