/**
 * Operators through which no gradient flows: their outputs are piecewise constant in their inputs, or no numbers at all.
 * Those of other domains than the standard one are named `domain.Operator`. Listed, so that the absence of a rule is never taken for the absence of a gradient.
 */
export const stops: ReadonlySet<string> = new Set([
  // shapes and sizes
  'Shape',
  'Size',
  'ConstantOfShape',
  'Range',
  'EyeLike',
  // positions
  'ArgMax',
  'ArgMin',
  'NonZero',
  'OneHot',
  'NonMaxSuppression',
  // comparisons and logic
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Not',
  'And',
  'Or',
  'Xor',
  'IsNaN',
  'IsInf',
  'BitwiseAnd',
  'BitwiseOr',
  'BitwiseXor',
  'BitwiseNot',
  'BitShift',
  // steps
  'Sign',
  'Floor',
  'Ceil',
  'Round',
  // sources
  'Constant',
  'RandomNormal',
  'RandomUniform',
  'RandomNormalLike',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
]);
