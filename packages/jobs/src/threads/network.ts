import { workerData } from 'node:worker_threads';
import type { Tensor } from '@gradcam/core';
import { explain as explainTensor, openNetwork } from '../stages/explain.js';
import { answer } from './answer.js';
import type { ThreadData } from './pool.js';
import { systemThread } from './priority.js';

// A thread of the pool: the network, and nothing else, since a run of it stops the whole thread.
const { job }: ThreadData = workerData;
const opening = openNetwork(job);
// Whoever asks hears of it.
opening.catch(() => undefined);

/** Answers with the system's number of this thread, once the network is ready. */
export function open(): Promise<unknown> {
  return answer(
    async () => {
      await opening;
      return systemThread();
    },
    () => [],
  );
}

export function explain({ tensor, target }: { readonly tensor: Tensor; readonly target: number | undefined }): Promise<unknown> {
  return answer(
    async () => explainTensor(await opening, job, tensor, target),
    ({ explanations }) => explanations.flatMap(({ heatmap, maps }) => [heatmap.data, ...maps.map(({ data }) => data)]),
  );
}
