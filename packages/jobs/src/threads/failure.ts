import { GradcamError, type GradcamErrorCode } from '@gradcam/core';

/** Why work failed, for another thread or process: errors lose what they are on their way there, so they travel as data. */
export interface Failure {
  /** Undefined where it is none of ours. */
  readonly code: GradcamErrorCode | undefined;
  readonly message: string;
}

export function failureOf(error: unknown): Failure {
  const code = error instanceof GradcamError ? error.code : undefined;
  return { code, message: error instanceof Error ? error.message : String(error) };
}

/** The other side: the same error again. */
export function errorOf({ code, message }: Failure): Error {
  return code === undefined ? new Error(message) : new GradcamError(code, message);
}
