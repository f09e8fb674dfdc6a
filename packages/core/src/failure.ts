import { OnnxGradError, type OnnxGradErrorCode } from 'onnx-grad';
import { GradcamError, type GradcamErrorCode } from './errors.js';

/** An error as plain data, which arrive in another thread or process as they are; of an error only its words would. */
export interface Failure {
  readonly failed:
    | { readonly kind: 'gradcam'; readonly code: GradcamErrorCode }
    | { readonly kind: 'onnx-grad'; readonly code: OnnxGradErrorCode }
    | { readonly kind: 'other' };
  readonly message: string;
}

export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof GradcamError) return { failed: { kind: 'gradcam', code: error.code }, message };
  if (error instanceof OnnxGradError) return { failed: { kind: 'onnx-grad', code: error.code }, message };
  return { failed: { kind: 'other' }, message };
}

/** The other side: the same error again. */
export function errorOf({ failed, message }: Failure): Error {
  if (failed.kind === 'gradcam') return new GradcamError(failed.code, message);
  if (failed.kind === 'onnx-grad') return new OnnxGradError(failed.code, message);
  return new Error(message);
}
