/** What went wrong, stable across versions: switch on this, not on the message. */
export type GradcamErrorCode =
  /** The file or bytes are not what they should be (image, tensor, labels, preprocessing, metadata, boxes and masks, lists of images). */
  | 'invalid-image'
  | 'invalid-tensor'
  | 'invalid-labels'
  | 'invalid-preprocess'
  | 'invalid-model'
  | 'invalid-region'
  | 'invalid-manifest'
  /** The model is sound but cannot be explained this way. */
  | 'unsupported-model'
  | 'no-layer'
  | 'no-gradient'
  /** A metric or method is not defined for this map or image. */
  | 'not-measurable'
  /** A setting is none of the numbers that it can be. */
  | 'invalid-setting'
  /** A name or index that the model does not have. */
  | 'unknown-class'
  | 'unknown-layer'
  | 'unknown-method'
  | 'unknown-target'
  | 'unknown-metric'
  | 'unknown-model'
  /** The surroundings: files, network, execution providers. */
  | 'not-found'
  | 'not-writable'
  | 'network'
  | 'runtime'
  /** A named limit was exceeded. */
  | 'limit'
  /** The caller's signal stopped the work. */
  | 'aborted';

/** Every error this project's packages raise on purpose (besides `OnnxGradError`). The message says what was expected, what came, where, and what to do. */
export class GradcamError extends Error {
  override readonly name = 'GradcamError';

  constructor(
    readonly code: GradcamErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
