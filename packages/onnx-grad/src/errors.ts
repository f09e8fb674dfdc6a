/** What went wrong, stable across versions: switch on this, not on the message. */
export type OnnxGradErrorCode =
  /** The bytes are not an ONNX model, or are cut off. */
  | 'invalid-model'
  /** The model's intermediate representation or operator set is outside of what is supported. */
  | 'unsupported-model'
  /** A node on the path from the score to the wanted value has no differentiation rule. */
  | 'unsupported-operator'
  /** The operator is known, but not with these attributes, this operator set or these shapes. */
  | 'unsupported-attribute'
  /** No value of the graph has this name. */
  | 'unknown-value'
  /** The score does not depend on the value through any differentiable path. */
  | 'no-gradient'
  /** A rule needs the shape or element type of a value, and nobody knows it. */
  | 'missing-fact'
  /** A named limit was exceeded (see `limits.ts`). */
  | 'limit';

/** Every error this package raises on purpose. The message says what was expected, what came, where, and what to do. */
export class OnnxGradError extends Error {
  override readonly name = 'OnnxGradError';

  constructor(
    readonly code: OnnxGradErrorCode,
    message: string,
  ) {
    super(message);
  }
}
