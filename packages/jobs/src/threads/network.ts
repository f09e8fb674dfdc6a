import { workerData } from 'node:worker_threads';
import type { Tensor } from '@gradcam/core';
import { explain as explainTensor } from '../stages/explain.js';
import { answer } from './answer.js';
import { ownNetwork } from './own-network.js';
import type { ThreadData } from './stages.js';

const { job }: ThreadData = workerData;
const { network, open } = ownNetwork(job);

export { open };

export function explain({ tensor, target }: { readonly tensor: Tensor; readonly target: number | undefined }): Promise<unknown> {
  return answer(
    async () => explainTensor(await network, job, tensor, target),
    ({ explanations }) => explanations.flatMap(({ heatmap, maps }) => [heatmap.data, ...maps.map(({ data }) => data)]),
  );
}
