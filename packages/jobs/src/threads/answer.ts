import { errorOf, type Failure, failureOf } from '@gradcam/core';
import { move, transferableSymbol, valueSymbol } from 'piscina';

/** What a thread answers. */
export type Answer<T> = { readonly value: T } | { readonly error: Failure };

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
    return { error: failureOf(error) };
  }
}

/** The value of an answer. @throws its error */
export function unpack<T>(answer: Answer<T>): T {
  if ('value' in answer) return answer.value;
  throw errorOf(answer.error);
}

/** The memory of these numbers, each once, where all of it is theirs: a small Buffer is a window on a pool that others use. */
export function buffersOf(arrays: readonly (ArrayBufferView | undefined)[]): ArrayBuffer[] {
  const buffers = arrays.map((array) => (array?.byteLength === array?.buffer.byteLength ? array?.buffer : undefined));
  return [...new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer))];
}
