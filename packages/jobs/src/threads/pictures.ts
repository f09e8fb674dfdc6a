import { workerData } from 'node:worker_threads';
import { decodeOneByOne } from '@gradcam/node';
import type { Item } from '../job/item.js';
import { type Drawing, draw } from '../stages/draw.js';
import { read as readItem } from '../stages/read.js';
import { answer } from './answer.js';
import type { ThreadData } from './stages.js';

// A thread of the pool: pictures in, and pictures out. Its decoding and encoding run beside its JavaScript.
const { job, folder }: ThreadData = workerData;
const ready = decodeOneByOne();

export function read(item: Item): Promise<unknown> {
  return answer(
    async () => {
      await ready;
      return readItem(job, item);
    },
    ({ tensor, picture }) => [tensor.data, picture?.image.data, picture?.region?.inside],
  );
}

export function write(drawing: Drawing): Promise<unknown> {
  return answer(
    () => draw(job, folder, drawing),
    ({ maps }) => maps.map(({ data }) => data),
  );
}
