import type { Heatmap } from '@gradcam/core';
import { encodeNpy } from '@gradcam/node';
import type { Files } from '../files/files.js';
import { MAPS } from '../stages/draw.js';

/** Bytes of a file of many maps: small enough to be read whole. */
const SHARD_BYTES = 2 ** 24;

interface Shard {
  readonly path: string;
  readonly data: Float32Array;
  count: number;
}

/** Puts maps into files [maps, h, w], in the order in which they come; those of one size together. */
export class Shards {
  readonly #open = new Map<string, Shard>();
  readonly #count = new Map<string, number>();

  constructor(private readonly files: Files) {}

  /** @returns where each map lies, `FILE#ROW` */
  async add(maps: readonly Heatmap[]): Promise<string[]> {
    const places: string[] = [];
    for (const { data, width, height } of maps) {
      const size = `${height}x${width}`;
      const shard = this.#open.get(size) ?? this.#begin(size, data.length);
      shard.data.set(data, shard.count * data.length);
      places.push(`${shard.path}#${shard.count++}`);
      if ((shard.count + 1) * data.length > shard.data.length) await this.#finish(size, shard);
    }
    return places;
  }

  async finish(): Promise<void> {
    for (const [size, shard] of this.#open) await this.#finish(size, shard);
  }

  #begin(size: string, length: number): Shard {
    const number = this.#count.get(size) ?? 0;
    this.#count.set(size, number + 1);
    const maps = Math.max(1, Math.floor(SHARD_BYTES / 4 / length));
    const shard = { path: `${MAPS}/${size}-${String(number).padStart(3, '0')}.npy`, data: new Float32Array(maps * length), count: 0 };
    this.#open.set(size, shard);
    return shard;
  }

  async #finish(size: string, { path, data, count }: Shard): Promise<void> {
    this.#open.delete(size);
    const [height = 0, width = 0] = size.split('x').map(Number);
    const filled = data.subarray(0, count * height * width);
    await this.files.write(path, encodeNpy({ type: 'float32', dims: [count, height, width], data: filled }));
  }
}
