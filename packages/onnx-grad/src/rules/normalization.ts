import { reshapeRows } from '../build/rows.js';
import { always, type Rule, rule } from './rule.js';

/** Normalisations. */
export const normalizationRules: readonly Rule[] = [
  // At inference y = scale · (x − mean) / √(var + ε) + bias is linear in x: the same operator on g with bias and mean 0.
  rule('BatchNormalization', {
    attributes: (a) => {
      if (a.int('training_mode', 0) !== 0) throw a.refuse('training_mode', '1', '0: export the model for inference');
      return undefined;
    },
    inputs: [0],
    rows: always,
    vjp: (c) => {
      const zeros = c.b.sub(c.input(3), c.input(3));
      return c.b.again(c.node, [c.g, c.input(1), zeros, zeros, c.input(4)], { training_mode: undefined });
    },
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
  // Up to operator set 12, softmax runs over all axes from `axis` on, flattened together.
  rule('Softmax', {
    until: 12,
    attributes: (a) => ({ axis: a.int('axis', 1) }),
    rows: (c) => c.axis(c.attributes.axis) > 0,
    vjp: (c) => {
      const { b, g, y, x } = c;
      const axis = c.axis(c.attributes.axis);
      const [p, cotangent] = [b.flatten(y, axis), b.flatten(g, axis)];
      return reshapeRows(b, b.mul(p, b.sub(cotangent, b.sum(b.mul(cotangent, p), [1]))), x);
    },
  }),
  // p gets p ⊙ (g − Σ g ⊙ p)
  rule('Softmax', {
    since: 13,
    attributes: (a) => ({ axis: a.int('axis', -1) }),
    rows: (c) => c.axis(c.attributes.axis) > 0,
    vjp: (c) => c.b.mul(c.y, c.b.sub(c.g, c.b.sum(c.b.mul(c.g, c.y), [c.axis(c.attributes.axis)]))),
  }),
  // log p gets g − p · Σ g
  rule('LogSoftmax', {
    until: 12,
    attributes: (a) => ({ axis: a.int('axis', 1) }),
    rows: (c) => c.axis(c.attributes.axis) > 0,
    vjp: (c) => {
      const { b, g, y, x } = c;
      const axis = c.axis(c.attributes.axis);
      const [p, cotangent] = [b.exp(b.flatten(y, axis)), b.flatten(g, axis)];
      return reshapeRows(b, b.sub(cotangent, b.mul(p, b.sum(cotangent, [1]))), x);
    },
  }),
  rule('LogSoftmax', {
    since: 13,
    attributes: (a) => ({ axis: a.int('axis', -1) }),
    rows: (c) => c.axis(c.attributes.axis) > 0,
    vjp: (c) => c.b.sub(c.g, c.b.mul(c.b.exp(c.y), c.b.sum(c.g, [c.axis(c.attributes.axis)]))),
  }),
];
