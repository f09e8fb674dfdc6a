import { workerData } from 'node:worker_threads';
import type { Tensor } from '@gradcam/core';
import { type Job, openNetwork } from '@gradcam/jobs';
import { answer } from '@gradcam/jobs/threads';
import { explainAll, type Question } from '../stages/explain.js';

/** What a thread is asked. */
export interface Asked {
  readonly tensors: readonly Tensor[];
  readonly question: Question;
  /** Not 0 once nobody waits for the answer any more. */
  readonly stop: Int32Array;
}

// A thread of a model: its network, and nothing else, since a run of it stops the whole thread.
const { job }: { readonly job: Job } = workerData;
const opening = openNetwork(job);
// Whoever asks hears of it.
opening.catch(() => undefined);

export function open(): Promise<unknown> {
  return answer(
    async () => {
      await opening;
    },
    () => [],
  );
}

export function explain({ tensors, question, stop }: Asked): Promise<unknown> {
  const signal = {
    get aborted() {
      return Atomics.load(stop, 0) !== 0;
    },
  };
  return answer(
    async () => explainAll(await opening, tensors, question, signal),
    (answers) =>
      answers.flatMap(({ probabilities, reasons }) => [
        probabilities,
        ...reasons.flatMap(({ heatmap, maps }) => [heatmap.data, ...maps.map(({ data }) => data)]),
      ]),
  );
}
