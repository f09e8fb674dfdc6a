import { reshapeRows } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import { always, type Rule, type RuleContext, rule } from './rule.js';

const softmax = {
  attributes: (a: Attributes): SoftmaxAttributes => ({ axis: a.has('axis') ? a.int('axis', 0) : undefined }),
  rows: (c: RuleContext<SoftmaxAttributes>) => !softmaxAxes(c).includes(0),
};

/** Normalisations. */
export const normalizationRules: readonly Rule[] = [
  // At inference y = scale · (x − mean) / √(var + ε) + bias is linear in x: the same operator on g with bias and mean 0.
  rule('BatchNormalization', {
    attributes: (a) => {
      if (a.int('training_mode', 0) !== 0) throw a.refuse('training_mode', '1', '0: export the model for inference');
      return undefined;
    },
    rows: always,
    vjp: [
      (c) => {
        const zeros = c.b.zerosLike(c.input(3));
        return c.b.again(c.node, [c.g, c.input(1), zeros, zeros, c.input(4)], { training_mode: undefined });
      },
    ],
  }),
  // y = x · s^−β with s = bias + α/size · Σ x² over a window of channels: g gets s^−β, and each channel gets back from the windows it lies in.
  rule('LRN', {
    attributes: (a) => ({ size: a.int('size', 1), alpha: a.float('alpha', 1e-4), beta: a.float('beta', 0.75), bias: a.float('bias', 1) }),
    rows: always,
    vjp: ({ b, g, x, attributes: { size, alpha, beta, bias } }) => {
      const [below, above] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
      // Mean over `size` channels, zeros outside: a pool over the channels, laid out as [rows, 1, channels, positions].
      const window = (value: string, before: number, after: number) => {
        const laid = b.unsqueeze(b.reshape(value, [0, 0, -1]), [1]);
        const pooled = b.node('AveragePool', [laid], { kernel_shape: [size, 1], pads: [before, 0, after, 0], count_include_pad: 1 });
        return reshapeRows(b, pooled, x);
      };
      const s = b.shift(b.scale(window(b.mul(x, x), below, above), alpha), bias);
      const direct = b.mul(g, b.pow(s, -beta));
      const shared = window(b.div(b.mul(direct, x), s), above, below);
      return b.sub(direct, b.mul(x, b.scale(shared, 2 * alpha * beta)));
    },
  }),
  // p gets p ⊙ (g − Σ g ⊙ p)
  rule('Softmax', {
    ...softmax,
    vjp: (c) => c.b.mul(c.y, c.b.sub(c.g, c.b.sum(c.b.mul(c.g, c.y), softmaxAxes(c)))),
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

/** The axes over which probabilities add up to 1: one; up to operator set 12 all from `axis` on, flattened together. */
function softmaxAxes(c: RuleContext<SoftmaxAttributes>): number[] {
  if (c.opset >= 13) return [c.axis(c.attributes.axis ?? -1)];
  const first = c.axis(c.attributes.axis ?? 1);
  return Array.from({ length: c.rank(c.x) - first }, (_, index) => first + index);
}
