import type { Value } from '../build/builder.js';
import { Attributes } from '../graph/attributes.js';
import type { Attribute } from '../graph/types.js';
import { composite, type Expansion } from './composite.js';
import { dequantised, quantised, type Scale, standing } from './quantization-scale.js';
import { always, type Rule, type RuleContext } from './rule.js';

const microsoft = { domain: 'com.microsoft' };

/** A quantised input: the tensor, its scale and its zero point follow one another. */
function operand(e: Expansion<unknown>, index: number, axis: Pick<Scale, 'axis'> = {}): Value {
  return dequantised(e, e.input(index), { scale: e.input(index + 1), zero: e.optional(index + 2), ...axis });
}

/** The output: its scale and its zero point follow one another. @param again see `quantised` */
function result(e: Expansion<unknown>, real: Value, index: number, again = true): Value[] {
  return [quantised(e, real, e.y, { scale: e.input(index), zero: e.optional(index + 1) }, again)];
}

/** An operator of one quantised tensor that stands for a standard one with the same attributes. */
function unary(operator: string, standard: string, rows: (c: RuleContext<unknown>) => boolean = always): Rule {
  return composite(`QLinear${operator}`, {
    ...microsoft,
    inputs: [0],
    rows,
    expand: (e) => result(e, standing(e, standard, [operand(e, 0)]), 3),
  });
}

/** An operator of two quantised tensors that broadcast. */
function binary(operator: string): Rule {
  return composite(`QLinear${operator}`, {
    ...microsoft,
    inputs: [0, 3],
    rows: (c) => [...c.wanted].every((index) => c.rank(c.input(index)) === c.rank(c.y)),
    expand: (e) => result(e, standing(e, operator, [operand(e, 0), operand(e, 3)]), 6),
  });
}

/** A pool, or a convolution, of a tensor whose channels may come last: [rows, ...space, channels]. */
function spatial(e: Expansion<unknown>, standard: string, x: Value, weights: readonly Value[] = []): Value {
  const attributes = new Map(e.node.attributes);
  attributes.delete('channels_last');
  if (new Attributes(e.node).int('channels_last', 0) === 0) return standing(e, standard, [x, ...weights], attributes);
  const rank = e.rank(e.y);
  const space = Array.from({ length: rank - 2 }, (_, axis) => axis + 1);
  const move = (value: Value, perm: readonly number[], dims = e.dims(value)) =>
    e.emit(
      'Transpose',
      [value],
      { perm },
      perm.map((axis) => dims[axis] ?? ''),
    );
  const y = standing(e, standard, [move(x, [0, rank - 1, ...space]), ...weights], attributes);
  const last = e.dims(e.y);
  e.facts.state(y, { type: 'float32', dims: [last[0] ?? '', last[rank - 1] ?? '', ...last.slice(1, -1)] });
  return move(y, [0, ...space.map((axis) => axis + 1), 1]);
}

function pool(operator: string): Rule {
  return composite(`QLinear${operator}`, {
    ...microsoft,
    inputs: [0],
    rows: always,
    expand: (e) => result(e, spatial(e, operator, operand(e, 0)), 3),
  });
}

/** A convolution's weights have one scale for each output channel; its bias no derivative reads. */
const convolution = (domain: string): Rule =>
  composite('QLinearConv', {
    domain,
    inputs: [0, 3],
    rows: ({ wanted }) => wanted.size === 1 && wanted.has(0),
    expand: (e) => result(e, spatial(e, 'Conv', operand(e, 0), [operand(e, 3, { axis: 0 })]), 6, false),
  });

/** Operators on quantised tensors, by the real-valued function that they stand for: quantise ∘ f ∘ dequantise. */
export const qlinearRules: readonly Rule[] = [
  convolution(''),
  convolution('com.microsoft'),
  composite('QLinearMatMul', {
    inputs: [0, 3],
    rows: (c) => c.wanted.size === 1 && c.wanted.has(0) && c.rank(c.x) >= 2,
    expand: (e) => result(e, standing(e, 'MatMul', [operand(e, 0, { axis: -2 }), operand(e, 3, { axis: -1 })]), 6, false),
  }),
  // Without a scale of its own the output is floating-point.
  composite('QGemm', {
    ...microsoft,
    attributes: (a) => ({ transA: a.int('transA', 0), transB: a.int('transB', 0) }),
    inputs: [0, 3],
    rows: ({ wanted, attributes }) => wanted.size === 1 && wanted.has(0) && attributes.transA === 0,
    expand: (e) => {
      const product = standing(e, 'Gemm', [operand(e, 0), operand(e, 3, { axis: 1 - e.attributes.transB })]);
      return e.optional(7) === undefined ? [product] : result(e, product, 7, false);
    },
  }),
  binary('Add'),
  binary('Mul'),
  unary('Sigmoid', 'Sigmoid'),
  unary('LeakyRelu', 'LeakyRelu'),
  composite('QLinearSoftmax', {
    ...microsoft,
    attributes: (a) => ({ axis: a.int('axis', -1), version: a.int('opset', 13) }),
    inputs: [0],
    rows: (c) => c.axis(c.attributes.axis) > 0,
    expand: (e) => {
      const { axis, version } = e.attributes;
      // Up to operator set 12 a softmax ran over all axes from `axis` on: the same only for the last.
      if (version < 13 !== e.opset < 13 && e.axis(axis) !== e.rank(e.x) - 1)
        throw e.refuse('its opset', `${version} in a model of operator set ${e.opset}`, 'of the same meaning, or its axis the last');
      const attributes = new Map<string, Attribute>([['axis', { name: 'axis', i: axis }]]);
      return result(e, standing(e, 'Softmax', [operand(e, 0)], attributes), 3);
    },
  }),
  pool('AveragePool'),
  pool('GlobalAveragePool'),
  composite('QLinearConcat', {
    ...microsoft,
    attributes: (a) => ({ axis: a.int('axis', 0) }),
    rows: (c) => c.axis(c.attributes.axis, c.y) > 0,
    expand: (e) => {
      const parts = Array.from({ length: Math.floor((e.node.inputs.length - 2) / 3) }, (_, part) => operand(e, 2 + 3 * part));
      return result(e, standing(e, 'Concat', parts), 0);
    },
  }),
  composite('QLinearWhere', {
    ...microsoft,
    inputs: [1, 4],
    rows: (c) => [...c.wanted].every((index) => c.rank(c.input(index)) === c.rank(c.y)),
    expand: (e) => result(e, standing(e, 'Where', [e.x, operand(e, 1), operand(e, 4)]), 7),
  }),
];
