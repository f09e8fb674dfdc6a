import type { Outputs } from '../explain/outputs.js';
import type { Session, Tensor } from '../runtime/runtime.js';

/** A series that a session works off in batches. */
export interface Work {
  readonly session: Session;
  /** Outputs to read back. */
  readonly fetches: readonly string[];
  /** Members of the series. */
  readonly count: number;
  /** Rows of one batch. */
  readonly batch: number;
  /** Whether the last batch is as large as all others: the model fixes its size. Rows beyond the series are ignored. */
  readonly full: boolean;
  /** Writes a batch: members `first` to `first + rows`. Called in order, each member once. */
  readonly feeds: (first: number, rows: number) => Readonly<Record<string, Tensor>>;
}

/**
 * Runs a series. The next batch is written while the network is busy with the one before, where the runtime leaves this thread free.
 *
 * @param take is given the outputs for members `first` to `first + length`
 * @param between is called before each run; what it throws ends the work
 * @param done is told how many members are done
 */
export async function workOff(
  { session, fetches, count, batch, full, feeds }: Work,
  take: (outputs: Outputs, first: number, length: number) => void,
  between: () => void,
  done: (members: number) => void,
): Promise<void> {
  const write = (first: number) => feeds(first, full ? batch : Math.min(batch, count - first));
  let next = count > 0 ? write(0) : {};
  for (let first = 0; first < count; first += batch) {
    between();
    const running = session.run(next, fetches);
    const end = Math.min(count, first + batch);
    if (end < count) next = write(end);
    take(await running, first, end - first);
    done(end);
  }
}

/** Batches of at most `most` that are equally large, as far as that goes: a last one of a few rows would cost almost as much as a whole. */
export function evenly(count: number, most: number): number {
  return Math.ceil(count / Math.max(1, Math.ceil(count / most)));
}
