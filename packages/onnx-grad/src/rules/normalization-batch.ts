import type { Value } from '../build/builder.js';
import type { Attributes } from '../graph/attributes.js';
import { type Rule, rule, type VjpContext } from './rule.js';
import { like, overChannel, perChannel, range, type Standardized, standardize, standardizedVjp, wide } from './standardize.js';

interface BatchAttributes {
  readonly epsilon: number;
  /** Whether the batch's own mean and variance are taken; from operator set 14 on. */
  readonly training: boolean;
  /** Whether a channel has one scale, bias, mean and variance for all of space; up to operator set 8 it may have one for each position. */
  readonly spatial: boolean;
}

const parse = (a: Attributes): BatchAttributes => ({
  epsilon: a.float('epsilon', 1e-5),
  training: a.int('training_mode', 0) === 1,
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

/** The cotangent of the output; the running statistics, for the next step of a training, pass none. */
function cotangent(c: Context): Value {
  if (c.cotangents.slice(1).some((other) => other !== undefined))
    throw c.refuse('a gradient of its first output', 'asked for the gradient of its running statistics', 'the only one used');
  return wide(c.b, c.g);
}

/** The cotangent of what the scale multiplies. */
const scaled = (c: Context): Value => c.b.mul(cotangent(c), spread(c, c.input(1)));

/** y = scale · (x − mean) / √(var + ε) + bias. */
export const batchNormalization: Rule = rule('BatchNormalization', {
  attributes: parse,
  rows: ({ attributes, wanted }) => !attributes.training && [...wanted].every((input) => input === 0),
  vjp: [
    (c) => {
      const { b } = c;
      if (c.attributes.training) return like(c, 0, standardizedVjp(b, scaled(c), standard(c)));
      // At inference it is linear in x: the same operator on g with bias and mean 0, which runtimes join to a convolution.
      const [bias, mean] = [b.zerosLike(c.input(2)), b.zerosLike(c.input(3))];
      return b.again(c.node, [c.g, c.input(1), bias, mean, c.input(4)], { training_mode: undefined });
    },
    (c) => gathered(c, 1, c.b.mul(cotangent(c), normal(c))),
    (c) => gathered(c, 2, cotangent(c)),
    (c) => {
      if (c.attributes.training) throw running(c, 3);
      return c.b.neg(gathered(c, 3, c.b.mul(scaled(c), spread(c, deviation(c)))));
    },
    (c) => {
      if (c.attributes.training) throw running(c, 4);
      const r = spread(c, deviation(c));
      return c.b.scale(gathered(c, 4, c.b.mul(c.b.mul(scaled(c), normal(c)), c.b.mul(r, r))), -0.5);
    },
  ],
});

/** The error for a running statistic in training: it reaches nothing but the next one. */
const running = (c: Context, input: number) =>
  c.refuse(
    `input ${input} ('${c.input(input)}')`,
    'a running statistic, which training_mode only passes on',
    'none that is differentiated',
  );
