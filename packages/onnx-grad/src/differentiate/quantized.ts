import type { GraphBuilder, Value } from '../build/builder.js';
import { Attributes } from '../graph/attributes.js';
import { fullName, type Graph } from '../graph/graph.js';
import { isFloating, type Node } from '../graph/types.js';
import { type Scale, spread } from '../rules/quantization-scale.js';

/** Where the operators that quantise have the scale of their output among their inputs; the zero point follows. */
const scaleInputs: Readonly<Record<string, number>> = {
  QuantizeLinear: 1,
  'com.microsoft.QuantizeLinear': 1,
  QLinearConv: 6,
  'com.microsoft.QLinearConv': 6,
  QLinearMatMul: 6,
  'com.microsoft.QLinearAdd': 6,
  'com.microsoft.QLinearMul': 6,
  'com.microsoft.QGemm': 7,
  'com.microsoft.QLinearWhere': 7,
  'com.microsoft.QLinearConcat': 0,
  'com.microsoft.QLinearSigmoid': 3,
  'com.microsoft.QLinearLeakyRelu': 3,
  'com.microsoft.QLinearSoftmax': 3,
  'com.microsoft.QLinearAveragePool': 3,
  'com.microsoft.QLinearGlobalAveragePool': 3,
};

/** Operators whose output has the scale of their first input. */
const passing: ReadonlySet<string> = new Set(
  'Identity Dropout MaxPool Relu Clip Reshape Flatten Squeeze Unsqueeze Transpose Slice Split Gather Concat Pad Resize Expand DepthToSpace SpaceToDepth'.split(
    ' ',
  ),
);

/** How the integers of a value stand for real numbers; undefined where nobody says, as of the int32 sums of products. */
export function scaleOf(graph: Graph, value: Value): Scale | undefined {
  let node = graph.producer(value);
  // A loop, not a recursion: the chain comes from outside.
  while (node?.domain === '' && passing.has(node.opType)) node = graph.producer(node.inputs[0] ?? '');
  return node && ownScale(node);
}

function ownScale(node: Node): Scale | undefined {
  if (node.domain === '' && node.opType === 'DynamicQuantizeLinear') return { scale: node.outputs[1] ?? '', zero: node.outputs[2] };
  const index = scaleInputs[fullName(node.domain, node.opType)];
  const scale = index === undefined ? undefined : node.inputs[index];
  if (index === undefined || !scale) return undefined;
  const a = new Attributes(node);
  const quantize = node.opType === 'QuantizeLinear' ? { axis: a.int('axis', 1), block: a.int('block_size', 0) } : {};
  return { scale, zero: node.inputs[index + 1] || undefined, ...quantize };
}

/** What one step of a quantised value's integers is in the real numbers that they stand for; undefined for other values. */
export function stepOf(b: GraphBuilder, value: Value): Value | undefined {
  const scale = isFloating(b.typeOf(value)) ? undefined : scaleOf(b.graph, value);
  return scale && spread(b, scale.scale, value, scale);
}

/**
 * The real numbers r = (q − zero) · scale for which a quantised value stands. A floating-point value as it is; integers that have no
 * scale as floating-point numbers. Where `gradient` gave d(score) / dq, division by `stepOf` makes it d(score) / dr.
 */
export function dequantized(b: GraphBuilder, value: Value): Value {
  const q = b.real(value);
  const step = stepOf(b, value);
  const scale = scaleOf(b.graph, value);
  if (step === undefined || scale === undefined) return q;
  const real = b.mul(scale.zero === undefined ? q : b.sub(q, spread(b, scale.zero, value, scale)), step);
  b.facts.state(real, { type: b.typeOf(real), dims: b.facts.of(value).dims });
  return real;
}
