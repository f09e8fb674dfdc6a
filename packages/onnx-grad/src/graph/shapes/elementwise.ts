import { each, type ShapeRules } from './rule.js';
import { broadcast } from './step.js';

/** Operators on each element: of inputs that are broadcast, or in the shape of the first. */
export const elementwiseShapes: ShapeRules = {
  ...each(
    `Add Sub Mul Div Sum Mean Pow Mod PRelu Min Max Where Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor
    BitwiseAnd BitwiseOr BitwiseXor BitShift`,
    ({ node, known }) => broadcast(node.inputs.map((input) => known.fact(input).dims)),
  ),
  ...each(
    `Identity Dropout Relu LeakyRelu Clip Sigmoid HardSigmoid HardSwish Elu Selu Celu Gelu Swish Erf Softplus Softsign Mish ThresholdedRelu Shrink
    Neg Abs Exp Log Sqrt Reciprocal Cast CastLike Floor Ceil Round Sign Not IsNaN IsInf Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh
    CumSum CumProd Trilu BatchNormalization InstanceNormalization LayerNormalization RMSNormalization GroupNormalization LpNormalization
    MeanVarianceNormalization LRN Softmax LogSoftmax Hardmax QuantizeLinear DequantizeLinear Scatter ScatterElements ScatterND`,
    (_, x) => x,
  ),
};
