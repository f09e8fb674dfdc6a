import { readdirSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** The number by which the system knows this thread; undefined where it does not tell. */
export function systemThread(): number | undefined {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    return Number.isSafeInteger(thread) ? thread : undefined;
  } catch {
    return undefined;
  }
}

/** Positions on the system's scale of niceness: beside one that is not nice, a thread gets a tenth of a core. */
const NICE = 10;

/**
 * Lets every other thread of this process give way to these. Without it, each file that is read and each picture that is decoded interrupts a network for a
 * moment, for a tenth of its time in all. Where the system does not number threads (it is Linux that does), nothing changes.
 */
export function giveWayTo(threads: readonly number[]): void {
  if (threads.length === 0) return;
  for (const thread of readdirSync('/proc/self/task').map(Number)) {
    if (threads.includes(thread)) continue;
    try {
      setPriority(thread, NICE);
    } catch {
      // It has ended meanwhile, or the system says no: then it stays as it is.
    }
  }
}
