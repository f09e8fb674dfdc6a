import type { Item } from '@gradcam/jobs';
import { describe, expect, it } from 'vitest';
import { type ChunkData, checkedChunk, formatRun, parseRun, type Run } from './check.js';
import { type Chunk, chunkId, cut } from './chunks.js';

const item = (image: string): Item => ({ image, place: image, boxes: [] });

async function chunksOf(images: readonly string[], size: number): Promise<Chunk[]> {
  async function* items() {
    for (const image of images) yield item(image);
  }
  const chunks: Chunk[] = [];
  for await (const chunk of cut(items(), size)) chunks.push(chunk);
  return chunks;
}

const names = (count: number) => Array.from({ length: count }, (_, at) => `${String(at).padStart(5, '0')}.jpg`);

describe('chunks', () => {
  it('hold all pictures in their order; few are longer than four times the size asked for, and the mean is near it', async () => {
    const images = names(4000);
    const chunks = await chunksOf(images, 32);
    expect(chunks.flatMap(({ items }) => items.map(({ image }) => image))).toEqual(images);
    expect(Math.max(...chunks.map(({ items }) => items.length))).toBeLessThanOrEqual(128);
    // Lengths of a geometric distribution with p = 1/32, cut off at 128: 31.4 on average, and 4000 pictures make some 127 ± 11 of them.
    expect(Math.abs(chunks.length - 127)).toBeLessThan(4 * 11);
    expect(await chunksOf(images, 32)).toEqual(chunks);
    expect((await chunksOf(names(5), 1)).map(({ items }) => items.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('a picture more, or less, changes the chunk that it lies in alone', async () => {
    const before = new Set((await chunksOf(names(1000), 8)).map(({ id }) => id));
    const more = names(1000);
    more.splice(500, 0, '00499b.jpg');
    const after = (await chunksOf(more, 8)).map(({ id }) => id);
    expect(after.filter((id) => !before.has(id)).length).toBeLessThanOrEqual(2);
  });

  it('the same picture twice is two', async () => {
    const chunks = await chunksOf(['a.jpg', 'a.jpg'], 32);
    expect(new Set(chunks.flatMap(({ items }) => items.map(({ key }) => key))).size).toBe(2);
  });
});

const run: Run = {
  job: {
    model: { name: 'net', path: '/m/net.onnx', external: ['net.bin'] },
    runtime: { threads: 1 },
    session: { threads: 1, optimization: 'all' },
    explainer: { methods: ['gradcam'], layer: 'conv' } as Run['job']['explainer'],
    target: { mask: { width: 2, height: 1, data: Float32Array.of(0.1, 1) } },
    input: { name: 'x', type: 'float32', layout: 'NCHW', batch: 'N', channels: 3, height: 4, width: 4 },
    preprocess: {
      ...{ size: [4, 4], fit: 'crop', crop: 1, interpolation: 'bilinear', pad: 0, channels: 'RGB', layout: 'NCHW', scale: 1 },
      ...{ mean: [0, 0, 0], std: [1, 1, 1] },
    },
    labels: ['a', 'b'],
    classCount: 2,
    classes: [],
    top: 1,
    truth: false,
    look: { alpha: 0.5, colormap: 'jet' },
    images: 'jpeg',
    maps: 'shards',
  },
  sha256: 'a'.repeat(64),
  folder: '/results',
  base: '/data',
};

describe('what comes out of Redis', () => {
  it('is what was put there, numbers of masks included', () => {
    expect(parseRun(formatRun(run))).toEqual(run);
  });

  it.each<[string, (of: Record<string, unknown>) => unknown]>([
    ['no JSON', () => '{'],
    ['a list', () => []],
    ['another field', (of) => ({ ...of, more: 1 })],
    ['no job', ({ job: _, ...rest }) => rest],
    ['a path of another type', (of) => ({ ...of, folder: 1 })],
    ['a path with a NUL', (of) => ({ ...of, folder: '/a\0b' })],
    ['a digest that is none', (of) => ({ ...of, sha256: 'abc' })],
    ['an unknown form of maps', (of) => ({ ...of, job: { ...run.job, maps: 'tar' } })],
  ])('a run with %s is refused', (_, harm) => {
    const plain = JSON.parse(formatRun(run)) as Record<string, unknown>;
    const harmed = harm(plain);
    expect(() => parseRun(typeof harmed === 'string' ? harmed : JSON.stringify(harmed))).toThrow(/the queue holds what is not a run/);
  });

  it('chunks are checked likewise', () => {
    const items = [{ ...item('a.jpg'), key: '0'.repeat(24) }];
    const good: ChunkData = { run: 'a'.repeat(24), chunk: chunkId(items), items, tries: { ['0'.repeat(24)]: 1 }, retry: true };
    expect(checkedChunk(good)).toEqual(good);
    for (const harm of [
      { items: [] },
      { run: '../x' },
      { items: [{ ...items[0], key: '../x' }] },
      { items: [{ ...items[0], boxes: [[1, 2]] }] },
    ])
      expect(() => checkedChunk({ ...good, ...harm })).toThrow(/the queue holds what is not a chunk/);
  });
});
