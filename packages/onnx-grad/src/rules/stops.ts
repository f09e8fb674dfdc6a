/**
 * Operators through which no gradient flows: their outputs are piecewise constant in their inputs, or no numbers at all.
 * Those of other domains than the standard one are named `domain.Operator`. Listed, so that the absence of a rule is never taken for the absence of a gradient.
 */
export const stops: ReadonlySet<string> = new Set([
  // shapes and sizes
  'Shape',
  'Size',
  'ConstantOfShape',
  'EyeLike',
  'SequenceLength',
  'OptionalHasElement',
  // positions
  'ArgMax',
  'ArgMin',
  'NonZero',
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
  // steps; the filters of a mel spectrogram lie at whole bins
  'Sign',
  'Floor',
  'Ceil',
  'Round',
  'Hardmax',
  'MelWeightMatrix',
  // sources, and what takes nothing but a shape from its input; a Bernoulli draw is a step of its probability
  'Constant',
  'HannWindow',
  'HammingWindow',
  'BlackmanWindow',
  'RandomNormal',
  'RandomUniform',
  'RandomNormalLike',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
]);
