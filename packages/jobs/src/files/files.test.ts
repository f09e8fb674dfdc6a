import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Fault, S3Request } from '../../../../tests/support/s3.js';
import { useS3 } from '../testing/s3.js';
import { type Files, fileAt, filesAt, joinLocation } from './files.js';

const server = await useS3('bucket');
let disk: string;
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'gradcam-files-'));
  return () => rmSync(disk, { recursive: true });
});

const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => (7 * at + (at >> 8)) % 256);
const anything = { what: 'a file', limit: 2 ** 24 };
const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
};
/** Goes wrong so often, for requests of this kind. */
function failing(fault: Fault, times: number, kind: (request: S3Request) => boolean = () => true): void {
  let left = times;
  server.fault = (request) => (kind(request) && left-- > 0 ? fault : undefined);
}

describe.each<[string, () => Promise<Files>]>([
  ['a folder', () => filesAt(disk)],
  ['S3', () => filesAt('s3://bucket/some/prefix')],
])('files of %s', (_, open) => {
  it('are read as they were written, and are there once they are', async () => {
    const files = await open();
    expect(await files.size('below/a.bin')).toBeUndefined();
    await files.write('below/a.bin', bytes(1000));
    await files.write('empty', new Uint8Array(0));
    expect([await files.size('below/a.bin'), await files.size('empty')]).toEqual([1000, 0]);
    expect(await files.read('below/a.bin', anything)).toEqual(bytes(1000));
    expect(await files.read('empty', anything)).toEqual(new Uint8Array(0));
    await files.write('below/a.bin', bytes(3));
    expect(await files.read('below/a.bin', anything)).toEqual(bytes(3));
    await files.remove('below/a.bin');
    await files.remove('below/a.bin');
    expect(await files.size('below/a.bin')).toBeUndefined();
  });

  it('come in the order of their paths, without what is hidden, whatever the page', async () => {
    const files = await open();
    server.page = 2;
    for (const name of ['b.jpg', 'a/x y+z.jpg', 'a-b.jpg', 'a/ü&.jpg', '.gradcam/chunks/1', 'a/.hidden/c.jpg', 'a/b/deep.jpg'])
      await files.write(name, bytes(1));
    expect(await all(files.list())).toEqual(['a-b.jpg', 'a/b/deep.jpg', 'a/x y+z.jpg', 'a/ü&.jpg', 'b.jpg']);
    expect(await all(files.list('a'))).toEqual(['a/b/deep.jpg', 'a/x y+z.jpg', 'a/ü&.jpg']);
    expect(await all(files.list('', joinLocation(files.location, 'a')))).toEqual(['a-b.jpg', 'b.jpg']);
    expect(await all(files.list('.gradcam/chunks'))).toEqual(['.gradcam/chunks/1']);
    expect(await all(files.list('none'))).toEqual([]);
  });

  it('of any size are sent from a disk and come back piece by piece', async () => {
    const files = await open();
    // More than one piece, and more than one part.
    const large = bytes(17 * 2 ** 20 + 11);
    writeFileSync(join(disk, 'large'), large);
    await files.upload('tables/large', join(disk, 'large'));
    const pieces = await all(files.stream('tables/large', 'a table'));
    expect(pieces.length).toBeGreaterThan(2);
    expect(Buffer.concat(pieces).equals(large)).toBe(true);
  });

  it('that are missing or too large are refused in one line', async () => {
    const files = await open();
    await expect(files.read('none.jpg', { what: 'an image', limit: 10 })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/^Expected an image at '.*none\.jpg', but there is no such (file|object).*\.$/),
    });
    await expect(all(files.stream('none.csv', 'a list'))).rejects.toMatchObject({ code: 'not-found' });
    await files.write('large', bytes(11));
    await expect(files.read('large', { what: 'an image', limit: 10 })).rejects.toMatchObject({
      code: 'limit',
      message: expect.stringMatching(/^Expected an image of at most 10 bytes, but '.*large' has 11 bytes\.$/),
    });
  });
});

describe('a folder', () => {
  it('keeps files in the making out of sight, and follows links, but not in circles', async () => {
    const files = await filesAt(disk);
    await files.write('a/b', bytes(1));
    expect(readdirSync(join(disk, '.gradcam', 'unfinished'))).toEqual([]);
    mkdirSync(join(disk, 'c'));
    symlinkSync(disk, join(disk, 'c', 'circle'));
    symlinkSync(join(disk, 'a'), join(disk, 'c', 'again'));
    symlinkSync(join(disk, 'nowhere'), join(disk, 'd'));
    expect(await all(files.list())).toEqual(['a/b', 'c/again/b', 'd']);
  });
});

describe('S3', () => {
  it.each<Fault>(['error', 'slow-down', 'drop', 'truncate', 'slow'])('bears %s', async (fault) => {
    const files = await filesAt('s3://bucket');
    failing(fault, 2);
    await files.write('a', bytes(5000));
    failing(fault, 2, ({ method }) => method === 'GET');
    expect(await files.read('a', anything)).toEqual(bytes(5000));
    failing(fault, 1);
    expect(await all(files.list())).toEqual(['a']);
  });

  it('holds a truncated answer for none, and gives up in words', async () => {
    const [files, path] = await fileAt('s3://bucket/some/a.jpg');
    await files.write(path, bytes(5000));
    server.fault = ({ method }) => (method === 'GET' ? 'truncate' : undefined);
    const said = files.read(path, { what: 'an image', limit: 10_000 });
    await expect(said).rejects.toMatchObject({
      code: 'network',
      message: `Expected an image at 's3://bucket/some/a.jpg', but the answers of ${new URL(server.endpoint).host} broke off, each time.`,
    });
  });

  it.each<[string, Fault | undefined, string, RegExp]>([
    [
      'access denied',
      'deny',
      'not-found',
      /but access is denied; these credentials need the rights s3:GetObject and s3:ListBucket in 'bucket'\.$/,
    ],
    ['keys that are wrong', 'bad-key', 'network', /does not take these credentials \(InvalidAccessKeyId\); check the AWS_… variables/],
  ])('says of reading: %s', async (_, fault, code, words) => {
    const files = await filesAt('s3://bucket');
    server.fault = () => fault;
    await expect(files.read('a.jpg', anything)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it.each<[string, Fault, string, RegExp]>([
    [
      'access denied',
      'deny',
      'not-writable',
      /^'s3:\/\/bucket\/a\.jpg' cannot be written: access is denied; these credentials need the right s3:PutObject in 'bucket'\.$/,
    ],
    ['a full disk', 'full', 'not-writable', /cannot be written: no space is left there\.$/],
  ])('says of writing: %s', async (_, fault, code, words) => {
    const files = await filesAt('s3://bucket');
    server.fault = () => fault;
    await expect(files.write('a.jpg', bytes(1))).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it('says that there is no such bucket, and what a location is', async () => {
    const files = await filesAt('s3://nobodys');
    await expect(all(files.list())).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/there is no bucket 'nobodys' at 127\.0\.0\.1/),
    });
    await expect(filesAt('s3://A').catch((error: unknown) => Promise.reject(error))).rejects.toMatchObject({
      message: expect.stringMatching(/^expected s3:\/\/BUCKET\/PATH, but got 's3:\/\/A'/),
    });
  });

  it('a list resolves its paths within the bucket', () => {
    expect(joinLocation('s3://bucket/lists', '../photos/a b.jpg')).toBe('s3://bucket/photos/a b.jpg');
    expect(joinLocation('s3://bucket', '../../a.jpg')).toBe('s3://bucket/a.jpg');
    expect(joinLocation('s3://bucket/lists', 's3://other/a.jpg')).toBe('s3://other/a.jpg');
    expect(joinLocation('lists', 'a.jpg')).toBe(join('lists', 'a.jpg'));
  });

  it('loads nothing of the SDK where only disks are used', () => {
    expect(readFileSync(new URL('./files.ts', import.meta.url), 'utf8')).not.toMatch(/from '@aws-sdk|from '\.\/s3/);
  });
});
