import { fullName } from '../graph/graph.js';
import type { Node } from '../graph/types.js';
import { activationRules } from './activation.js';
import { smoothActivationRules } from './activation-smooth.js';
import { arithmeticRules } from './arithmetic.js';
import { attentionRules } from './attention.js';
import { convolutionRules } from './convolution.js';
import { cumulativeRules } from './cumulative.js';
import { deformRules } from './deform.js';
import { dropoutRules } from './dropout.js';
import { einsumRules } from './einsum.js';
import { fusedRules } from './fused.js';
import { generatorRules } from './generators.js';
import { indexingRules } from './indexing.js';
import { layoutRules } from './layout.js';
import { linearRules } from './linear.js';
import { lossRules } from './loss.js';
import { mathRules } from './math.js';
import { normalizationRules } from './normalization.js';
import { poolingRules } from './pooling.js';
import { quantizationRules } from './quantization.js';
import { reductionRules } from './reduction.js';
import { productRules } from './reduction-product.js';
import { resizeRules } from './resize.js';
import type { Rule } from './rule.js';
import { samplingRules } from './sampling.js';
import { scatterRules } from './scatter.js';
import { stops } from './stops.js';
import { transformRules } from './transform.js';

/** The table: every operator that passes gradients, one row for each of its meanings. */
export const rules: readonly Rule[] = [
  ...arithmeticRules,
  ...activationRules,
  ...smoothActivationRules,
  ...linearRules,
  ...convolutionRules,
  ...poolingRules,
  ...normalizationRules,
  ...reductionRules,
  ...productRules,
  ...layoutRules,
  ...indexingRules,
  ...generatorRules,
  ...mathRules,
  ...cumulativeRules,
  ...lossRules,
  ...dropoutRules,
  ...resizeRules,
  ...scatterRules,
  ...samplingRules,
  ...einsumRules,
  ...deformRules,
  ...transformRules,
  ...attentionRules,
  ...fusedRules,
  ...quantizationRules,
];

const byOperator = new Map<string, Rule[]>();
for (const row of rules) {
  const name = fullName(row.domain, row.operator);
  byOperator.set(name, [...(byOperator.get(name) ?? []), row]);
}

/** The row for a node under an operator set; undefined where there is none. */
export function findRule(node: Node, opset: number): Rule | undefined {
  return byOperator.get(fullName(node.domain, node.opType))?.find(({ since, until }) => since <= opset && opset <= until);
}

/** Whether a node passes no gradient by its nature. */
export function isStop(node: Node): boolean {
  return stops.has(fullName(node.domain, node.opType));
}

/** Names of the operators that have a row, sorted; those of other domains than the standard one as `domain.Operator`. */
export function knownOperators(): string[] {
  return [...byOperator.keys()].sort();
}
