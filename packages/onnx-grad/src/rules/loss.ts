import type { Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import type { Attributes } from '../graph/attributes.js';
import { type Rule, rule, type VjpContext } from './rule.js';

interface LossAttributes {
  readonly reduction: 'none' | 'mean' | 'sum';
  readonly ignored: number | undefined;
}

const parse = (a: Attributes): LossAttributes => ({
  reduction: a.choice('reduction', 'mean', ['none', 'mean', 'sum']),
  ignored: a.has('ignore_index') ? a.int('ignore_index', 0) : undefined,
});

type Context = VjpContext<LossAttributes>;

/** All axes but that of the classes. */
const others = (c: Context): number[] => [...c.dims(c.x).keys()].filter((axis) => axis !== 1);

/** 1 at the class that each label names unless it is the one to ignore, else 0: [rows, classes, …]. */
function labelled(c: Context): Value {
  const { b, x, attributes } = c;
  const labels = b.unsqueeze(b.cast(c.input(1), 'int64'), [1]);
  const behind = Array.from({ length: c.rank(x) - 2 }, (_, index) => index + 1);
  const named = b.equal(labels, b.unsqueeze(positions(b, x, 1), behind));
  const ignored = attributes.ignored === undefined ? undefined : b.equal(labels, b.constant('int64', [], [attributes.ignored]));
  return b.cast(ignored === undefined ? named : b.and(named, b.not(ignored)), b.typeOf(x));
}

/** The same times the weight of each class. */
function weighted(c: Context): Value {
  const weights = c.optional(2);
  if (weights === undefined) return labelled(c);
  return c.b.mul(
    labelled(c),
    c.b.unsqueeze(
      weights,
      Array.from({ length: c.rank(c.x) - 2 }, (_, index) => index + 1),
    ),
  );
}

/** The cotangent of each example's loss, before it is reduced: a mean is one over the weights of all labels. */
function each(c: Context, g: Value): Value {
  if (c.attributes.reduction === 'none') return c.b.unsqueeze(g, [1]);
  return c.attributes.reduction === 'sum' ? g : c.b.div(g, c.b.sum(weighted(c), [...c.dims(c.x).keys()], false));
}

/** An example's loss is −weight · log p of its label: the cotangent of all log p. */
const ofLogs = (c: Context, g: Value): Value => c.b.neg(c.b.mul(weighted(c), each(c, g)));

/** The cotangent of the classes' weights; a mean gets smaller by what its divisor grows. */
function ofWeights(c: Context, logs: Value): Value {
  const { b } = c;
  const loss = b.neg(c.attributes.reduction === 'mean' ? b.add(logs, c.y) : logs);
  return b.sum(b.mul(b.mul(labelled(c), loss), each(c, c.g)), others(c), false);
}

/** log p of SoftmaxCrossEntropyLoss: its second output, where it is asked for. */
const logsOf = ({ b, node, x }: Context): Value => node.outputs[1] || b.sub(x, b.logSumExp(x, [1]));

/** Losses of training, as some exports keep them: one number of a whole batch, as a rule. The labels get no gradient. */
export const lossRules: readonly Rule[] = [
  rule('NegativeLogLikelihoodLoss', {
    attributes: parse,
    inputs: [0, 2],
    vjp: (c, input) => (input === 0 ? ofLogs(c, c.g) : ofWeights(c, c.x)),
  }),
  // Of logits: behind the losses, log p gets g − p · Σ g.
  rule('SoftmaxCrossEntropyLoss', {
    attributes: parse,
    inputs: [0, 2],
    vjp: (c, input) => {
      const { b } = c;
      const logs = logsOf(c);
      if (input === 2) return ofWeights(c, logs);
      const [loss, direct] = c.cotangents;
      const terms = [...(loss === undefined ? [] : [ofLogs(c, loss)]), ...(direct === undefined ? [] : [direct])];
      const g = terms.reduce((sum, term) => b.add(sum, term));
      return b.sub(g, b.mul(b.exp(logs), b.sum(g, [1])));
    },
  }),
];
