import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import type { Tensor } from '@gradcam/core';
import { encodeNpy, encodePng } from '@gradcam/node';
import { afterAll, beforeEach } from 'vitest';
import { crc32 } from './crc32.js';
import { colorClassifier } from './models.js';

/** Drawn scenes that the bundled model classifies rightly. */
export const example = (name: string) => fileURLToPath(new URL(`../../../../models/everyday/examples/${name}`, import.meta.url));

/** A folder of its own, and what can be put there. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'gradcam-cli-'));

  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  write(name: string, content: Uint8Array | string): string {
    writeFileSync(this.at(name), content);
    return this.at(name);
  }

  npy(name: string, tensor: Tensor): string {
    return this.write(name, encodeNpy(tensor));
  }

  /** A picture of 4 × 4 pixels: red on the left half, green on the right. */
  redAndGreen(name: string): Promise<string> {
    return this.#redAnd(name, [0, 255, 0]);
  }

  /** The same, black on the right: a mask of the left half. */
  redAndBlack(name: string): Promise<string> {
    return this.#redAnd(name, [0, 0, 0]);
  }

  async #redAnd(name: string, right: readonly number[]): Promise<string> {
    const data = Uint8Array.from({ length: 48 }, (_, index) => (Math.floor(index / 3) % 4 < 2 ? [255, 0, 0] : right)[index % 3] ?? 0);
    return this.write(name, await encodePng({ width: 4, height: 4, data }));
  }

  empty(): void {
    for (const name of readdirSync(this.path)) rmSync(this.at(name), { recursive: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** A folder for the tests of a file, before each of which it has nothing but what is put there. */
export function useFolder(fill: (folder: Folder) => unknown = () => undefined): Folder {
  const folder = new Folder();
  beforeEach(async () => {
    folder.empty();
    await fill(folder);
  });
  afterAll(() => folder.remove());
  return folder;
}

/** A folder with {@link colorClassifier} and a picture that is half red and half green. */
export function useColors(): { readonly folder: Folder; readonly model: string; readonly photo: string } {
  const folder = useFolder(async (folder) => {
    folder.write('colors.onnx', colorClassifier());
    await folder.redAndGreen('photo.png');
  });
  return { folder, model: folder.at('colors.onnx'), photo: folder.at('photo.png') };
}

/** A PNG whose header claims any size, and whose pixels are missing. */
export function pngHeader(width: number, height: number): Uint8Array {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk('IHDR', size), chunk('IDAT', deflateSync(Buffer.alloc(1000))), chunk('IEND', Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
