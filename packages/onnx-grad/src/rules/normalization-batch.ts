import type { Value } from '../build/builder.js';
import { expandRows, inverseCount } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import { type Rule, rule, type VjpContext } from './rule.js';
import { like, overChannel, perChannel, range, type Standardized, standardize, standardizedVjp, wide } from './standardize.js';

interface BatchAttributes {
  readonly epsilon: number;
  /** Whether the batch's own mean and variance are taken; from operator set 14 on. */
  readonly training: boolean;
  /** How much of the running statistics stays in a step of training. */
  readonly momentum: number;
  /** Whether a channel has one scale, bias, mean and variance for all of space; up to operator set 8 it may have one for each position. */
  readonly spatial: boolean;
}

const parse = (a: Attributes): BatchAttributes => ({
  epsilon: a.float('epsilon', 1e-5),
  training: a.int('training_mode', 0) === 1,
  momentum: a.float('momentum', 0.9),
  spatial: a.int('spatial', 1) === 1,
});

type Context = VjpContext<BatchAttributes>;

/** A parameter as it meets x. */
const spread = (c: Context, parameter: Value): Value => (c.attributes.spatial ? perChannel(c, parameter) : wide(c.b, parameter));

/** The cotangent of a parameter: the sum of all that it met. */
const gathered = (c: Context, input: number, value: Value): Value =>
  like(c, input, c.attributes.spatial ? overChannel(c, value) : c.b.sum(value, [0], false));

/** 1 / √(var + ε) of the variance that is given for inference. */
const deviation = (c: Context): Value => c.b.node('Reciprocal', [c.b.sqrt(c.b.shift(wide(c.b, c.input(4)), c.attributes.epsilon))]);

/** In training: x standardised over the batch and space. */
const standard = (c: Context): Standardized => standardize(c.b, c.x, [0, ...range(2, c.rank(c.x))], c.attributes.epsilon);

/** What the scale multiplies. */
const normal = (c: Context): Value =>
  c.attributes.training ? standard(c).normal : c.b.mul(c.b.sub(wide(c.b, c.x), spread(c, c.input(3))), spread(c, deviation(c)));

/** The cotangent of what the scale multiplies. */
const scaled = (c: Context, g: Value): Value => c.b.mul(wide(c.b, g), spread(c, c.input(1)));

/** The cotangent of x in training: also through the running mean (output 1) and variance (output 2), into which the batch's go. */
function trained(c: Context): Value {
  const { b } = c;
  const [g, mean, variance] = c.cotangents;
  const { normal, r, axes } = standard(c);
  const part = b.scale(wide(b, inverseCount(b, c.x, axes)), 1 - c.attributes.momentum);
  const each = (statistic: Value) => b.mul(b.unsqueeze(perChannel(c, b.cast(statistic, b.typeOf(r))), [0]), part);
  const terms = [
    ...(g === undefined ? [] : [standardizedVjp(b, scaled(c, g), { normal, r, axes, centred: true })]),
    ...(mean === undefined ? [] : [expandRows(b, each(mean), c.x, axes)]),
    // d variance / dx = 2 · (x − mean) / count
    ...(variance === undefined ? [] : [b.mul(normal, b.div(b.scale(each(variance), 2), r))]),
  ];
  return like(
    c,
    0,
    terms.reduce((sum, term) => b.add(sum, term)),
  );
}

/** The cotangent of a running statistic in training, of which the momentum's part stays in output `index`. */
function stayed(c: Context, input: number, index: number): Value {
  const g = c.cotangents[index];
  if (g === undefined)
    throw c.refuse(`input ${input} ('${c.input(input)}')`, 'a running statistic, which training_mode only passes on', 'off the path');
  return like(c, input, c.b.scale(g, c.attributes.momentum));
}

/** y = scale · (x − mean) / √(var + ε) + bias. */
export const batchNormalization: Rule = rule('BatchNormalization', {
  attributes: parse,
  rows: ({ attributes, wanted }) => !attributes.training && [...wanted].every((input) => input === 0),
  vjp: [
    (c) => {
      const { b } = c;
      if (c.attributes.training) return trained(c);
      // At inference it is linear in x: the same operator on g with bias and mean 0, which runtimes join to a convolution.
      const [bias, mean] = [b.zerosLike(c.input(2)), b.zerosLike(c.input(3))];
      return b.again(c.node, [c.g, c.input(1), bias, mean, c.input(4)], { training_mode: undefined });
    },
    (c) => gathered(c, 1, c.b.mul(wide(c.b, c.g), normal(c))),
    (c) => gathered(c, 2, wide(c.b, c.g)),
    (c) => {
      if (c.attributes.training) return stayed(c, 3, 1);
      return c.b.neg(gathered(c, 3, c.b.mul(scaled(c, c.g), spread(c, deviation(c)))));
    },
    (c) => {
      if (c.attributes.training) return stayed(c, 4, 2);
      const r = spread(c, deviation(c));
      return c.b.scale(gathered(c, 4, c.b.mul(c.b.mul(scaled(c, c.g), normal(c)), c.b.mul(r, r))), -0.5);
    },
  ],
});
