import type { Tensor } from '@gradcam/core';
import type { Item } from '../job/item.js';
import type { Job } from '../job/job.js';
import { type Drawing, type Drawn, draw } from './draw.js';
import { type Explained, explain, openNetwork } from './explain.js';
import { type Read, read } from './read.js';

/** What a picture goes through, wherever that is computed. What is given to a stage belongs to it: threads move memory, they do not copy it. */
export interface Stages {
  read(item: Item): Promise<Read>;
  explain(tensor: Tensor, target: number | undefined): Promise<Explained>;
  draw(drawing: Drawing): Promise<Drawn>;
  close(): Promise<void>;
}

/** All stages in this thread. @param folder of the results */
export async function stagesHere(job: Job, folder: string): Promise<Stages> {
  const explainer = await openNetwork(job);
  return {
    read: (item) => read(job, item),
    explain: (tensor, target) => explain(explainer, job, tensor, target),
    draw: (drawing) => draw(job, folder, drawing),
    close: () => explainer.close(),
  };
}
