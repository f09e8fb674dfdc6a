import type { Value } from '../build/builder.js';
import { expandRows, inverseCount, reshapeRows } from '../build/rows.js';
import { unbroadcast } from '../build/unbroadcast.js';
import { type Rule, type RuleContext, type RuleDefinition, rule, type VjpContext } from './rule.js';
import { like, overChannel, perChannel, range, type Standardized, standardize, standardizedVjp, wide } from './standardize.js';

/** Scale and bias get sums over the batch. */
const unlessParameters = ({ wanted }: RuleContext<unknown>): boolean => !wanted.has(1) && !wanted.has(2);

type Layer = VjpContext<{ readonly axis: number; readonly epsilon: number }>;

const layerAxes = (c: Layer): number[] => range(c.axis(c.attributes.axis), c.rank(c.x));

/** What the mean (output 1) and r (output 2) of LayerNormalization add to the cotangent of x: dr/dx = −r² · normal / count. */
function statistics(c: Layer, { normal, r, axes }: Standardized): Value[] {
  const { b } = c;
  const one = wide(b, inverseCount(b, c.x, axes));
  // Statistics may be float32 beside a float64 x.
  const [, mean, inverse] = c.cotangents.map((cotangent) => cotangent && b.cast(cotangent, b.typeOf(one)));
  return [
    ...(mean === undefined ? [] : [expandRows(b, b.mul(mean, one), c.x, axes)]),
    ...(inverse === undefined ? [] : [b.neg(b.mul(normal, b.mul(b.mul(inverse, one), b.mul(r, r))))]),
  ];
}

/**
 * LayerNormalization, and RMSNormalization, which leaves the mean in: along all axes from one on, in any operator set, since models saved
 * after optimisation hold it in old ones. Scale and bias broadcast to x.
 */
const layer = (operator: string, centred: boolean): Rule =>
  rule(operator, {
    attributes: (a) => ({ axis: a.int('axis', -1), epsilon: a.float('epsilon', 1e-5) }),
    rows: (c) => c.axis(c.attributes.axis) > 0 && unlessParameters(c),
    along: (c, axis) => {
      const first = c.axis(c.attributes.axis);
      const isPerPosition = c.node.inputs.slice(1).some((parameter) => parameter !== '' && c.rank(parameter) > c.rank(c.x) - first);
      return axis < first && !isPerPosition ? [axis, undefined, undefined] : undefined;
    },
    vjp: [
      (c) => {
        const { b } = c;
        const standard = standardize(b, c.x, layerAxes(c), c.attributes.epsilon, centred);
        const [g] = c.cotangents;
        const scaled = g === undefined ? [] : [standardizedVjp(b, b.mul(wide(b, g), wide(b, c.input(1))), standard)];
        return like(
          c,
          0,
          [...scaled, ...statistics(c, standard)].reduce((sum, term) => b.add(sum, term)),
        );
      },
      (c) => {
        const { normal } = standardize(c.b, c.x, layerAxes(c), c.attributes.epsilon, centred);
        return like(c, 1, unbroadcast(c.b, c.b.mul(wide(c.b, c.g), normal), c.input(1), c.y));
      },
      (c) => like(c, 2, unbroadcast(c.b, wide(c.b, c.g), c.input(2), c.y)),
    ],
  });

interface GroupAttributes {
  readonly groups: number;
  readonly epsilon: number;
}

type Group = VjpContext<GroupAttributes>;

/** Channels and space in groups: [rows, groups, −1]. */
const grouped = (c: Group, value: Value): Value => c.b.reshape(wide(c.b, value), [0, c.attributes.groups, -1]);

const normalOf = (c: Group): Standardized => standardize(c.b, grouped(c, c.x), [2], c.attributes.epsilon);

const group: Pick<RuleDefinition<GroupAttributes>, 'attributes' | 'rows'> = {
  attributes: (a) => ({ groups: a.int('num_groups', 1), epsilon: a.float('epsilon', 1e-5) }),
  rows: unlessParameters,
};

/** Normalisations of each example by itself. */
export const layerNormalizationRules: readonly Rule[] = [
  layer('LayerNormalization', true),
  layer('RMSNormalization', false),
  // Up to operator set 20 each group has a scale and a bias, from 21 on each channel.
  rule('GroupNormalization', {
    ...group,
    until: 20,
    vjp: [
      (c) => {
        const scaled = c.b.mul(grouped(c, c.g), c.b.unsqueeze(wide(c.b, c.input(1)), [1]));
        return like(c, 0, reshapeRows(c.b, standardizedVjp(c.b, scaled, normalOf(c)), c.x));
      },
      (c) => like(c, 1, c.b.sum(c.b.mul(grouped(c, c.g), normalOf(c).normal), [0, 2], false)),
      (c) => like(c, 2, c.b.sum(grouped(c, c.g), [0, 2], false)),
    ],
  }),
  rule('GroupNormalization', {
    ...group,
    since: 21,
    vjp: [
      (c) => {
        const scaled = grouped(c, c.b.mul(wide(c.b, c.g), perChannel(c, c.input(1))));
        return like(c, 0, reshapeRows(c.b, standardizedVjp(c.b, scaled, normalOf(c)), c.x));
      },
      (c) => like(c, 1, overChannel(c, c.b.mul(wide(c.b, c.g), reshapeRows(c.b, normalOf(c).normal, c.x)))),
      (c) => like(c, 2, overChannel(c, wide(c.b, c.g))),
    ],
  }),
  rule('InstanceNormalization', {
    attributes: (a) => ({ epsilon: a.float('epsilon', 1e-5) }),
    rows: unlessParameters,
    vjp: [
      (c) => {
        const standard = standardize(c.b, c.x, range(2, c.rank(c.x)), c.attributes.epsilon);
        return like(c, 0, standardizedVjp(c.b, c.b.mul(wide(c.b, c.g), perChannel(c, c.input(1))), standard));
      },
      (c) => {
        const { normal } = standardize(c.b, c.x, range(2, c.rank(c.x)), c.attributes.epsilon);
        return like(c, 1, overChannel(c, c.b.mul(wide(c.b, c.g), normal)));
      },
      (c) => like(c, 2, overChannel(c, wide(c.b, c.g))),
    ],
  }),
];
