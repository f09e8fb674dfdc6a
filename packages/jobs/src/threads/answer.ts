import { GradcamError, type GradcamErrorCode } from '@gradcam/core';
import { move, transferableSymbol, valueSymbol } from 'piscina';

/** What a thread answers: errors lose what they are on their way to another thread, so they travel as data. */
export type Answer<T> =
  | { readonly value: T }
  | { readonly error: { readonly code: GradcamErrorCode | undefined; readonly message: string } };

/**
 * Works in a thread.
 *
 * @param arrays of the value whose memory is moved to whoever asked, not copied
 * @returns an `Answer`, in the form that the pool takes
 */
export async function answer<T>(work: () => Promise<T>, arrays: (value: T) => readonly (ArrayBufferView | undefined)[]): Promise<unknown> {
  try {
    const value = await work();
    return move({ [transferableSymbol]: buffersOf(arrays(value)), [valueSymbol]: { value } });
  } catch (error) {
    const code = error instanceof GradcamError ? error.code : undefined;
    return { error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}

/** The value of an answer. @throws its error */
export function unpack<T>(answer: Answer<T>): T {
  if ('value' in answer) return answer.value;
  const { code, message } = answer.error;
  throw code === undefined ? new Error(message) : new GradcamError(code, message);
}

/** The memory of these numbers, each once, where all of it is theirs: a small Buffer is a window on a pool that others use. */
export function buffersOf(arrays: readonly (ArrayBufferView | undefined)[]): ArrayBuffer[] {
  const buffers = arrays.map((array) => (array?.byteLength === array?.buffer.byteLength ? array?.buffer : undefined));
  return [...new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer))];
}
