import type { Value } from '../build/builder.js';
import { composite, type Expansion } from './composite.js';
import type { Rule, RuleContext } from './rule.js';

const domain = 'com.microsoft';

/** input + skip (+ bias) */
function skipped(e: Expansion<unknown>, bias: Value | undefined): Value {
  const sum = e.add(e.x, e.input(1));
  return bias === undefined ? sum : e.add(sum, bias);
}

/** Rows stay apart where scale and bias are not differentiated, and the skip has the batch's rows. */
const apart = (c: RuleContext<unknown>): boolean => [...c.wanted].every((index) => index < 2 && c.rank(c.input(index)) === c.rank(c.y));

/** Normalisations that are operators of ONNX Runtime. The mean and deviation that they could give are for training. */
export const fusedNormalizationRules: readonly Rule[] = [
  composite('SkipLayerNormalization', {
    domain,
    attributes: (a) => ({ axis: -1, epsilon: { float: a.float('epsilon', 1e-12) } }),
    rows: apart,
    expand: (e) => {
      const sum = skipped(e, e.optional(4));
      return [e.emit('LayerNormalization', [sum, e.input(2), e.optional(3) ?? ''], e.attributes), undefined, undefined, sum];
    },
  }),
  composite('SkipSimplifiedLayerNormalization', {
    domain,
    attributes: (a) => ({ axis: -1, epsilon: { float: a.float('epsilon', 1e-12) } }),
    rows: apart,
    expand: (e) => {
      const sum = skipped(e, e.optional(3));
      return [e.emit('RMSNormalization', [sum, e.input(2)], e.attributes), undefined, undefined, sum];
    },
  }),
  // RMSNormalization before it was one of the standard: it has its domain, but is in no operator set.
  composite('SimplifiedLayerNormalization', {
    attributes: (a) => ({ axis: a.int('axis', -1), epsilon: { float: a.float('epsilon', 1e-5) } }),
    rows: (c) => c.axis(c.attributes.axis) > 0 && !c.wanted.has(1),
    expand: (e) => [e.emit('RMSNormalization', [e.x, e.input(1)], e.attributes)],
  }),
];
