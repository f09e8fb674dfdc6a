import type { Value } from '../build/builder.js';
import { reshapeRows } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import { batchNormalization } from './normalization-batch.js';
import { layerNormalizationRules } from './normalization-layer.js';
import { always, type Rule, type RuleContext, rule, type VjpContext } from './rule.js';
import { like, range, standardize, standardizedVjp, wide } from './standardize.js';

const softmax = {
  attributes: (a: Attributes): SoftmaxAttributes => ({ axis: a.has('axis') ? a.int('axis', 0) : undefined }),
  rows: (c: RuleContext<SoftmaxAttributes>) => !softmaxAxes(c).includes(0),
  along: (c: RuleContext<SoftmaxAttributes>, axis: number) => (softmaxAxes(c).includes(axis) || isMasked(c) ? undefined : [axis]),
};

/** Normalisations. */
export const normalizationRules: readonly Rule[] = [
  batchNormalization,
  ...layerNormalizationRules,
  // y = x · s^−β with s = bias + α/size · Σ x² over a window of channels: g gets s^−β, and each channel gets back from the windows it lies in.
  rule('LRN', {
    attributes: (a) => ({ size: a.int('size', 1), alpha: a.float('alpha', 1e-4), beta: a.float('beta', 0.75), bias: a.float('bias', 1) }),
    rows: always,
    vjp: (c) => {
      const { size, alpha, beta, bias } = c.attributes;
      const { b } = c;
      const [g, x] = [wide(b, c.g), wide(b, c.x)];
      const [below, above] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
      // Mean over `size` channels, zeros outside: a pool over the channels, laid out as [rows, 1, channels, positions].
      const window = (value: string, before: number, after: number) => {
        const laid = b.unsqueeze(b.reshape(value, [0, 0, -1]), [1]);
        const pooled = b.node('AveragePool', [laid], { kernel_shape: [size, 1], pads: [before, 0, after, 0], count_include_pad: 1 });
        return reshapeRows(b, pooled, c.x);
      };
      const s = b.shift(b.scale(window(b.mul(x, x), below, above), alpha), bias);
      const direct = b.mul(g, b.pow(s, -beta));
      const shared = window(b.div(b.mul(direct, x), s), above, below);
      return like(c, 0, b.sub(direct, b.mul(x, b.scale(shared, 2 * alpha * beta))));
    },
  }),
  // y = x / ‖x‖: x gets (g − d‖x‖/dx · Σ g ⊙ y) / ‖x‖, and 0 where all x are 0, as y is then.
  rule('LpNormalization', {
    attributes: (a) => ({ axis: a.int('axis', -1), absolute: a.int('p', 2) === 1 }),
    rows: (c) => c.axis(c.attributes.axis) > 0,
    vjp: (c) => {
      const { b } = c;
      const { absolute } = c.attributes;
      const [g, x, y] = [wide(b, c.g), wide(b, c.x), wide(b, c.y)];
      const axes = [c.axis(c.attributes.axis)];
      const sum = b.sum(absolute ? b.abs(x) : b.mul(x, x), axes);
      const isZero = b.equal(sum, b.scalar(0, x));
      // Never 0, so that nothing is infinite before it is left out.
      const safe = b.add(sum, b.cast(isZero, b.typeOf(x)));
      const [norm, slope] = absolute ? [safe, b.sign(x)] : [b.sqrt(safe), y];
      return like(c, 0, b.keep(b.not(isZero), b.div(b.sub(g, b.mul(slope, b.sum(b.mul(g, y), axes))), norm)));
    },
  }),
  // Mean 0 and variance 1 along axes; before operator set 9 the batch and space, or all there are.
  rule('MeanVarianceNormalization', {
    attributes: (a) => ({
      axes: a.ints('axes'),
      acrossChannels: a.int('across_channels', 0) === 1,
      divides: a.int('normalize_variance', 1) === 1,
    }),
    rows: (c) => !varianceAxes(c).includes(0),
    vjp: (c) => {
      const { b } = c;
      const axes = varianceAxes(c);
      const g = wide(b, c.g);
      if (!c.attributes.divides) return like(c, 0, b.sub(g, b.mean(g, axes)));
      // The standard adds 1e-9 to the standard deviation.
      return like(c, 0, standardizedVjp(b, g, standardize(b, c.x, axes, 1e-18)));
    },
  }),
  // p gets p ⊙ (g − Σ g ⊙ p)
  rule('Softmax', {
    ...softmax,
    vjp: (c) => {
      const p = probabilities(c);
      return c.b.mul(p, c.b.sub(c.g, c.b.sum(c.b.mul(c.g, p), softmaxAxes(c))));
    },
  }),
  // log p gets g − p · Σ g
  rule('LogSoftmax', {
    ...softmax,
    vjp: (c) => c.b.sub(c.g, c.b.mul(c.b.exp(c.y), c.b.sum(c.g, softmaxAxes(c)))),
  }),
];

interface SoftmaxAttributes {
  readonly axis: number | undefined;
}

/**
 * The output of a Softmax. Rows that are masked as a whole are NaN; a model that puts something else in their place (PyTorch's attention does) lets no
 * gradient flow to them, but 0 · NaN would be none.
 */
function probabilities(c: VjpContext<SoftmaxAttributes>): Value {
  const { b, y } = c;
  return isMasked(c) ? b.keep(b.not(b.node('IsNaN', [y], {}, 'bool')), y) : y;
}

/** Whether something else is put in the place of some of its rows. */
function isMasked({ y, facts }: RuleContext<SoftmaxAttributes>): boolean {
  const forms = [y];
  // A loop that grows: the chain of casts comes from outside.
  for (const form of forms) {
    for (const { opType, outputs } of facts.graph.consumers(form)) {
      if (opType === 'Where') return true;
      if (opType === 'Cast' || opType === 'CastLike' || opType === 'Identity') forms.push(outputs[0] ?? '');
    }
  }
  return false;
}

/** The axes over which probabilities add up to 1: one; up to operator set 12 all from `axis` on, flattened together. */
function softmaxAxes(c: RuleContext<SoftmaxAttributes>): number[] {
  if (c.opset >= 13) return [c.axis(c.attributes.axis ?? -1)];
  return range(c.axis(c.attributes.axis ?? 1), c.rank(c.x));
}

interface VarianceAttributes {
  readonly axes: readonly number[] | undefined;
  readonly acrossChannels: boolean;
  readonly divides: boolean;
}

/** The axes of MeanVarianceNormalization, counted from the front. */
function varianceAxes(c: RuleContext<VarianceAttributes>): number[] {
  const { axes = [0, 2, 3], acrossChannels } = c.attributes;
  return acrossChannels ? range(0, c.rank(c.x)) : axes.map((axis) => c.axis(axis));
}
