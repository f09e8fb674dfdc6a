import type { Value } from '../build/builder.js';
import { unbroadcast } from '../build/unbroadcast.js';
import { composite, type Expansion } from './composite.js';
import { type Rule, rule } from './rule.js';

const domain = 'com.microsoft';

/** input + skip (+ bias) */
function skipped(e: Expansion<unknown>, bias: Value | undefined): Value {
  const sum = e.add(e.x, e.input(1));
  return bias === undefined ? sum : e.add(sum, bias);
}

/** Normalisations that are operators of ONNX Runtime. The mean and deviation that they could give are for training. */
export const fusedNormalizationRules: readonly Rule[] = [
  composite('SkipLayerNormalization', {
    domain,
    attributes: (a) => ({ epsilon: a.float('epsilon', 1e-12) }),
    rows: (c) => [...c.wanted].every((index) => index < 2 && c.rank(c.input(index)) === c.rank(c.y)),
    expand: (e) => {
      const sum = skipped(e, e.optional(4));
      const attributes = { axis: -1, epsilon: { float: e.attributes.epsilon } };
      return [e.emit('LayerNormalization', [sum, e.input(2), e.optional(3) ?? ''], attributes), undefined, undefined, sum];
    },
  }),
  composite('SkipSimplifiedLayerNormalization', {
    domain,
    attributes: (a) => ({ epsilon: a.float('epsilon', 1e-12) }),
    rows: (c) => [...c.wanted].every((index) => index < 2 && c.rank(c.input(index)) === c.rank(c.y)),
    expand: (e) => {
      const sum = skipped(e, e.optional(3));
      const attributes = { axis: -1, epsilon: { float: e.attributes.epsilon } };
      return [e.emit('SimplifiedLayerNormalization', [sum, e.input(2)], attributes), undefined, undefined, sum];
    },
  }),
  // y = s · x · r with r = 1 / √(mean x² + ε); x gets r · (s·g − x·r² · mean(s·g·x)). It has the standard domain, but is in no operator set.
  rule('SimplifiedLayerNormalization', {
    attributes: (a) => ({ axis: a.int('axis', -1), epsilon: a.float('epsilon', 1e-5) }),
    rows: (c) => c.axis(c.attributes.axis) > 0 && !c.wanted.has(1),
    vjp: (c, input) => {
      const { b, g, x } = c;
      const first = c.axis(c.attributes.axis);
      const axes = Array.from({ length: c.rank(x) - first }, (_, index) => first + index);
      const r = b.node('Reciprocal', [b.sqrt(b.shift(b.mean(b.mul(x, x), axes), c.attributes.epsilon))]);
      const normal = b.mul(x, r);
      if (input === 1) return unbroadcast(b, b.mul(g, normal), c.input(1), c.y);
      const scaled = b.mul(g, c.input(1));
      return b.mul(r, b.sub(scaled, b.mul(normal, b.mean(b.mul(scaled, normal), axes))));
    },
  }),
];
