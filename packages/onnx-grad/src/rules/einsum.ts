import type { Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { expandRows } from '../build/rows.js';
import type { Dimension } from '../graph/types.js';
import { type EinsumAttributes, equation, type Terms, termsOf, unusedLabels } from './einsum-terms.js';
import { type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

/** Einstein sums. */
export const einsumRules: readonly Rule[] = [
  // 'ij,jk->ik' is linear in each operand: the first gets 'ik,jk->ij' of g and the others, any other likewise.
  rule('Einsum', {
    since: 12,
    attributes: (a): EinsumAttributes => ({ equation: a.string('equation', '') }),
    rows: rowsStayApart,
    vjp: operandGradient,
  }),
];

/** The first axis of the output is the first one of every operand on the path, and no other of its axes. */
function rowsStayApart(c: RuleContext<EinsumAttributes>): boolean {
  const { operands, output } = termsOf(c);
  const [row] = output;
  return row !== undefined && [...c.wanted].every((index) => operands[index]?.indexOf(row) === 0 && operands[index].lastIndexOf(row) === 0);
}

function operandGradient(c: VjpContext<EinsumAttributes>, index: number): Value {
  const { b } = c;
  const terms = termsOf(c);
  const operand = terms.operands[index] ?? [];
  const x = c.input(index);
  const others = terms.operands.flatMap((labels, other) => (other === index ? [] : [{ labels, value: c.input(other) }]));
  const elsewhere = new Set([terms.output, ...others.map(({ labels }) => labels)].flat());
  // Labels that g and the others have, in the operand's order; on a diagonal the first of equal ones.
  const found = operand.filter((label, axis) => elsewhere.has(label) && operand.indexOf(label) === axis);
  const made = product(c, terms, others, found);
  const { summed, spread } = broadcast(c, terms, index, found);
  const missing = operand.flatMap((label, axis) => (elsewhere.has(label) && operand.indexOf(label) === axis ? [] : [axis]));
  const whole = b.unsqueeze(b.sum(made, summed), missing);
  const placed = expandRows(b, whole, x, [...missing, ...spread]);
  return operand.reduce((value, label, axis) => {
    const first = operand.indexOf(label);
    return first === axis ? value : b.keep(diagonal(c, x, operand.length, first, axis), value);
  }, placed);
}

/** Σ g · others over the labels that are not wanted. */
function product(
  c: VjpContext<EinsumAttributes>,
  { output }: Terms,
  others: readonly { readonly labels: readonly string[]; readonly value: Value }[],
  wanted: readonly string[],
): Value {
  const { b } = c;
  if (others.length === 0)
    return b.transpose(
      c.g,
      wanted.map((label) => output.indexOf(label)),
    );
  // A term without labels, of a scalar, is nothing that every runtime reads: one of size 1 is.
  const [one = ''] = unusedLabels([output, ...others.map(({ labels }) => labels)].flat());
  const factors = [{ labels: output, value: c.g }, ...others].map(({ labels, value }) =>
    labels.length > 0 ? { labels, value } : { labels: [one], value: b.reshape(value, [1]) },
  );
  return b.node(
    'Einsum',
    factors.map(({ value }) => value),
    {
      equation: equation(
        factors.map(({ labels }) => labels),
        wanted,
      ),
    },
  );
}

/**
 * A label may have size 1 in one operand and more in another: axes of the product that are summed to this operand's 1, and axes of this operand
 * over which the product's 1 is spread.
 */
function broadcast(c: VjpContext<EinsumAttributes>, { operands, output }: Terms, index: number, found: readonly string[]) {
  const own = operands[index] ?? [];
  const sizesElsewhere = (label: string): Dimension[] =>
    operands.flatMap((labels, other) =>
      other === index || !labels.includes(label) ? [] : [c.dims(c.input(other))[labels.indexOf(label)] ?? ''],
    );
  const isOne = (label: string) => c.facts.isOne(c.input(index), own.indexOf(label));
  const summed = found.flatMap((label, axis) => (sizesElsewhere(label).some((size) => size !== 1) && isOne(label) ? [axis] : []));
  const narrow = found.filter((label) => !output.includes(label) && sizesElsewhere(label).every((size) => size === 1) && !isOne(label));
  return { summed, spread: narrow.map((label) => own.indexOf(label)) };
}

/** Whether two axes of x are at the same position, in the rank of x. */
function diagonal({ b }: VjpContext<EinsumAttributes>, x: Value, rank: number, one: number, other: number): Value {
  const along = (axis: number) =>
    b.unsqueeze(
      positions(b, x, axis),
      [...Array(rank).keys()].filter((each) => each !== axis),
    );
  return b.equal(along(one), along(other));
}
