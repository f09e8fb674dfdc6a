import { GradcamError, type GradcamErrorCode, OnnxGradError, type OnnxGradErrorCode } from '@gradcam/core';

/** An error on its way from one thread to another, where only plain data arrive as they are. */
export interface Failure {
  readonly failed:
    | { readonly kind: 'gradcam'; readonly code: GradcamErrorCode }
    | { readonly kind: 'onnx-grad'; readonly code: OnnxGradErrorCode }
    | { readonly kind: 'other' };
  readonly message: string;
}

/** What work gives, or why it failed. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof GradcamError) return { failed: { kind: 'gradcam', code: error.code }, message };
    if (error instanceof OnnxGradError) return { failed: { kind: 'onnx-grad', code: error.code }, message };
    return { failed: { kind: 'other' }, message };
  }
}

/** The other side: the same error is thrown again. */
export function unwrap<T>(answer: T | Failure): T {
  if (!isFailure(answer)) return answer;
  const { failed, message } = answer;
  if (failed.kind === 'gradcam') throw new GradcamError(failed.code, message);
  if (failed.kind === 'onnx-grad') throw new OnnxGradError(failed.code, message);
  throw new Error(message);
}

function isFailure(answer: unknown): answer is Failure {
  return typeof answer === 'object' && answer !== null && 'failed' in answer && 'message' in answer;
}
