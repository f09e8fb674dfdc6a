import type { Failure } from '@gradcam/core';
import type { Job, KeyedItem, Threads } from '@gradcam/jobs';
import type { Timed } from '../telemetry/traces.js';

/** What the process of a run is started with. */
export interface Opening {
  readonly job: Job;
  /** Of the results. */
  readonly folder: string;
  /** Undefined: all in one thread. */
  readonly threads: Threads | undefined;
}

/** What the process is asked. */
export type Question = { readonly id: number } & ({ readonly open: Opening } | { readonly item: KeyedItem });

/** What it answers: to `open` how many pictures keep it busy, to a picture what became of it, and when. */
export type Answer = { readonly id: number } & ({ readonly value: number | Timed } | { readonly error: Failure });
