import type { GraphBuilder, Value } from '../build/builder.js';
import { isFloating, isQuantized, type Node } from '../graph/types.js';
import type { Rule } from '../rules/rule.js';

/**
 * Gradients through integers.
 *
 * The cotangent of a value is the derivative of the score with respect to the numbers that it holds, whatever their type. Where these
 * are integers that stand for real numbers (quantised ones, and the int32 sums of their products), they count as real numbers, and
 * rounding passes gradients as they are: the straight-through estimator (Bengio et al. 2013, arXiv 1308.3432). So q = round(x / scale) + zero
 * has dq/dx = 1 / scale where q lies in the range of its type, and 0 where it saturates, as in the training of quantised networks
 * (Jacob et al. 2018, arXiv 1712.05877); DequantizeLinear has dx/dq = scale; and every operator between, which knows nothing of scales, has the
 * rule that it has for real numbers. A scale has the derivatives of (q − zero) · scale and x / scale (learned step sizes, Esser et al. 2019,
 * arXiv 1902.08153); those of the operators that quantise inside (QLinearConv and its like), those that DynamicQuantizeLinear computes from its
 * input, and zero points count as constants: quantising and dequantising has the derivative 1 as a whole.
 *
 * Cotangents of integers are float32. What a floating-point number becomes otherwise (a Cast to integers, an index) stays a step, through which none flows.
 *
 * @returns the node as a rule for real numbers sees it: with its integers that carry gradients, and what they are combined with, as float32.
 * Rows of quantised operators see the node as it stands.
 */
export function overReals(b: GraphBuilder, node: Node, rule: Rule, wanted: ReadonlySet<number>): Node {
  if (rule.quantized) return node;
  const integer = (value: Value) => value !== '' && !isFloating(b.typeOf(value));
  const types = new Set([...wanted].map((index) => node.inputs[index] ?? '').flatMap((name) => (integer(name) ? [b.typeOf(name)] : [])));
  if (types.size === 0) return node;
  const inputs = node.inputs.map((name, index) =>
    integer(name) && types.has(b.typeOf(name)) && rule.differentiable(index) ? b.real(name) : name,
  );
  const outputs = node.outputs.map((name) => (integer(name) && isQuantized(b.typeOf(name)) ? b.real(name) : name));
  return { ...node, inputs, outputs };
}
