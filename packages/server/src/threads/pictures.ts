import { answer } from '@gradcam/jobs/threads';
import { decodeOneByOne } from '@gradcam/node';
import { type Drawing, draw } from '../stages/draw.js';
import { type Reading, read as readPicture } from '../stages/read.js';

// A thread of the pool: pictures of all models in, and overlays out.
const ready = decodeOneByOne();

export function read(reading: Reading): Promise<unknown> {
  return answer(
    async () => {
      await ready;
      return readPicture(reading);
    },
    ({ tensor, image }) => [tensor.data, image?.data],
  );
}

export function write(drawing: Drawing): Promise<unknown> {
  return answer(
    () => draw(drawing),
    (bytes) => [bytes],
  );
}
