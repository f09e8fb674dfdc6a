import type { Node } from '../graph/types.js';
import { activationRules } from './activation.js';
import { arithmeticRules } from './arithmetic.js';
import { convolutionRules } from './convolution.js';
import { indexingRules } from './indexing.js';
import { layoutRules } from './layout.js';
import { linearRules } from './linear.js';
import { normalizationRules } from './normalization.js';
import { poolingRules } from './pooling.js';
import { reductionRules } from './reduction.js';
import type { Rule } from './rule.js';
import { stops } from './stops.js';

/** The table: every operator of the standard domain that passes gradients, one row for each of its meanings. */
export const rules: readonly Rule[] = [
  ...arithmeticRules,
  ...activationRules,
  ...linearRules,
  ...convolutionRules,
  ...poolingRules,
  ...normalizationRules,
  ...reductionRules,
  ...layoutRules,
  ...indexingRules,
];

const byOperator = new Map<string, Rule[]>();
for (const row of rules) byOperator.set(row.operator, [...(byOperator.get(row.operator) ?? []), row]);

/** The row for a node under an operator set; undefined where there is none. */
export function findRule(node: Node, opset: number): Rule | undefined {
  if (node.domain !== '') return undefined;
  return byOperator.get(node.opType)?.find(({ since, until }) => since <= opset && opset <= until);
}

/** Whether a node passes no gradient by its nature. */
export function isStop(node: Node): boolean {
  return node.domain === '' && stops.has(node.opType);
}

/** Names of the operators that have a row, sorted. */
export function knownOperators(): string[] {
  return [...byOperator.keys()].sort();
}
