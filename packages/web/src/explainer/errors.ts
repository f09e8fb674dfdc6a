import { errorOf, type Failure, failureOf } from '@gradcam/core';

/** What work gives, or why it failed. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    return failureOf(error);
  }
}

/** The other side: the same error is thrown again. */
export function unwrap<T>(answer: T | Failure): T {
  if (isFailure(answer)) throw errorOf(answer);
  return answer;
}

function isFailure(answer: unknown): answer is Failure {
  return typeof answer === 'object' && answer !== null && 'failed' in answer && 'message' in answer;
}
