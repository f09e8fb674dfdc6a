import { workerData } from 'node:worker_threads';
import type { Tensor } from '@gradcam/core';
import type { Job } from '@gradcam/jobs';
import { answer, ownNetwork } from '@gradcam/jobs/threads';
import { explainAll, type Question } from '../stages/explain.js';

/** What a thread is asked. */
export interface Asked {
  readonly tensors: readonly Tensor[];
  readonly question: Question;
  /** Not 0 once nobody waits for the answer any more. */
  readonly stop: Int32Array;
}

const { job }: { readonly job: Job } = workerData;
const { network, open } = ownNetwork(job);

export { open };

export function explain({ tensors, question, stop }: Asked): Promise<unknown> {
  const signal = {
    get aborted() {
      return Atomics.load(stop, 0) !== 0;
    },
  };
  return answer(
    async () => explainAll(await network, tensors, question, signal),
    (answers) =>
      answers.flatMap(({ probabilities, reasons }) => [
        probabilities,
        ...reasons.flatMap(({ heatmap, maps }) => [heatmap.data, ...maps.map(({ data }) => data)]),
      ]),
  );
}
