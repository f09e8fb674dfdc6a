import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job, KeyedItem, Result } from '@gradcam/jobs';
import { afterEach, describe, expect, it } from 'vitest';
import { queueAddress, shownAddress } from '../queue/address.js';
import { Allowed } from './allowed.js';
import { explainChunk } from './chunk.js';
import { Died } from './host.js';
import { Permits } from './permits.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('where a worker may go', () => {
  it('below what is allowed, and not by links or .. out of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gradcam-allowed-'));
    folders.push(folder);
    for (const name of ['in', 'in/below', 'in-too', 'out']) mkdirSync(join(folder, name));
    symlinkSync(join(folder, 'out'), join(folder, 'in', 'link'));
    symlinkSync(join(folder, 'in'), join(folder, 'way-in'));
    const allowed = await Allowed.of([join(folder, 'in'), 's3://bucket/prefix/']);
    const may = (location: string) =>
      allowed.check(location).then(
        () => true,
        () => false,
      );
    const good = ['in', 'in/a.jpg', 'in/below/not/yet.jpg', 'way-in/a.jpg', 'in/..a.jpg'].map((name) => join(folder, name));
    for (const path of [...good, 's3://bucket/prefix', 's3://bucket/prefix/a.jpg']) expect([path, await may(path)]).toEqual([path, true]);
    const bad = ['out/a.jpg', 'in-too/a.jpg', 'in/link/a.jpg', 'in/link/not/yet.jpg', ''].map((name) => join(folder, name));
    const remote = ['s3://bucket/prefix-too/a.jpg', 's3://bucket/prefix/../a.jpg', 's3://bucket-too/prefix/a.jpg', 's3://bucket'];
    for (const path of [...bad, `${folder}/in/../out/a.jpg`, 'in/a.jpg', '/etc/passwd', ...remote])
      expect([path, await may(path)]).toEqual([path, false]);
  });
});

it('permits: who wants all of them gets them, and nobody overtakes', async () => {
  const permits = new Permits(2);
  const order: string[] = [];
  const take = async (name: string, count: number) => {
    const release = await permits.take(count);
    order.push(name);
    return release;
  };
  const [first, second] = [await take('first', 1), await take('second', 1)];
  const all = take('all', 2);
  const last = take('last', 1);
  first();
  await Promise.resolve();
  expect(order).toEqual(['first', 'second']);
  second();
  (await all)();
  await last;
  expect(order).toEqual(['first', 'second', 'all', 'last']);
});

describe('a chunk', () => {
  const job = { labels: ['a'], classCount: 1 } as unknown as Job;
  const items = ['one', 'bad', 'two'].map((image, at): KeyedItem => ({ image, place: image, boxes: [], key: String(at).repeat(24) }));
  const result = ({ image }: KeyedItem): Result => ({ rows: [], maps: [{ width: 1, height: 1, data: Float32Array.of(image.length) }] });
  const badKey = items[1]?.key ?? '';

  it('a picture that kills its process is tried alone, so many times, and given up; the others are explained', async () => {
    const calls: string[] = [];
    const remembered: Readonly<Record<string, number>>[] = [];
    const explain = async (item: KeyedItem, alone: boolean) => {
      calls.push(`${item.image}${alone ? ' alone' : ''}`);
      // Together with it, all that is at hand dies.
      if (item.image === 'bad' || (!alone && item.image === 'two')) throw new Died('took longer than 1 s');
      return result(item);
    };
    const remember = async (tries: Readonly<Record<string, number>>) => void remembered.push({ ...tries });
    const results = await explainChunk(job, items, explain, { attempts: 2, wary: false, tries: {}, remember });
    expect(calls).toEqual(['one', 'bad', 'two', 'bad alone', 'bad alone', 'two alone']);
    expect(results.get(badKey)?.rows).toMatchObject([{ image: 'bad', error: 'given up after 2 tries: took longer than 1 s' }]);
    expect(items.map(({ key }) => results.get(key)?.maps.length)).toEqual([1, 0, 1]);
    expect(remembered.slice(0, 2)).toEqual([{ [badKey]: 1 }, { [badKey]: 2 }]);
  });

  it('after its worker died, tries are remembered, and no picture is trusted', async () => {
    const calls: string[] = [];
    const explain = async (item: KeyedItem, alone: boolean) => {
      calls.push(`${item.image}${alone ? ' alone' : ''}`);
      return result(item);
    };
    const care = { attempts: 2, wary: true, tries: { [badKey]: 2 }, remember: async () => undefined };
    const results = await explainChunk(job, items, explain, care);
    expect(calls).toEqual(['one alone', 'two alone']);
    expect(results.get(badKey)?.rows).toMatchObject([{ error: 'given up after 2 tries: the worker died' }]);
  });

  it('what is the fault of no picture ends it', async () => {
    const explain = async () => Promise.reject(new Error('storage away'));
    const care = { attempts: 2, wary: false, tries: {}, remember: async () => undefined };
    await expect(explainChunk(job, items, explain, care)).rejects.toThrow('storage away');
  });
});

it('an address is shown without its password', () => {
  expect(shownAddress(queueAddress('redis://me:secret@host:6379/1'))).toBe('redis://me:***@host:6379/1');
  expect(shownAddress(queueAddress('rediss://:secret@host'))).toBe('rediss://:***@host');
  expect(shownAddress(queueAddress('redis://host:7000'))).toBe('redis://host:7000');
  for (const wrong of ['host:6379', 'http://me:secret@host', 'redis://', 'secret'])
    expect(() => queueAddress(wrong)).toThrow(/^expected the queue as redis:\/\/HOST:PORT, or rediss:\/\/ for an encrypted connection$/);
});
