import { OnnxGradError } from '../errors.js';
import { MAX_LISTED } from '../limits.js';

/**
 * A list of `count` entries, where the count comes from a file.
 *
 * @throws OnnxGradError `limit` for one that memory should not be filled with
 */
export function list<T>(count: number, entry: (index: number) => T): T[] {
  if (!(count <= MAX_LISTED))
    throw new OnnxGradError('limit', `the model asks for a list of ${count} entries; at most ${MAX_LISTED} are written`);
  return Array.from({ length: count }, (_, index) => entry(index));
}
