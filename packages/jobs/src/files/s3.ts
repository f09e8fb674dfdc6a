import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { GradcamError } from '@gradcam/core';
import { collect, retrying } from './body.js';
import { theClient } from './client.js';
import type { Address, Files, Sought } from './files.js';
import { isMissing, s3Error } from './s3-errors.js';

/** Bytes that a stream asks for at once: a connection that waits for its reader would be closed. */
const PIECE = 2 ** 23;

/** Bytes of a part of a large file, of which a few are in memory at once. */
const PART = 2 ** 23;

/** Parts of a file, of which S3 takes 10,000 at most. */
const MAX_PARTS = 9_000;

/** The files below a prefix of a bucket. */
export function s3Files(location: string, { bucket, key: prefix }: Address): Files {
  const client = theClient();
  const at = (path: string) => ({ Bucket: bucket, Key: [prefix, path].filter((part) => part !== '').join('/') });
  const named = ({ Key }: { readonly Key: string }) => `s3://${bucket}/${Key}`;
  const reading = async <T>(key: { readonly Key: string }, what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw s3Error(error, { what, location: named(key), bucket });
    }
  };
  const writing = async (path: string, work: (key: ReturnType<typeof at>) => Promise<unknown>) => {
    try {
      await work(at(path));
    } catch (error) {
      throw s3Error(error, { location: named(at(path)), bucket });
    }
  };
  return {
    location,
    read: (path, sought) => reading(at(path), sought.what, () => getObject(client, at(path), sought, named(at(path)))),
    async *stream(path, what) {
      const key = at(path);
      const { ContentLength: size = 0, ETag } = await reading(key, what, () => client.send(new HeadObjectCommand(key)));
      for (let begin = 0; begin < size; begin += PIECE) {
        const Range = `bytes=${begin}-${Math.min(size, begin + PIECE) - 1}`;
        const piece = { ...key, Range, ...(ETag !== undefined && { IfMatch: ETag }) };
        yield await reading(key, what, () => getObject(client, piece, { what, limit: PIECE }, named(key)));
      }
    },
    size: (path) =>
      reading(at(path), 'a file', async () => {
        try {
          return (await client.send(new HeadObjectCommand(at(path)))).ContentLength ?? 0;
        } catch (error) {
          if (isMissing(error)) return undefined;
          throw error;
        }
      }),
    async *list(below = '', except) {
      const { Key: folder } = at(below);
      const from = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
      const own = prefix === '' ? 0 : prefix.length + 1;
      let token: string | undefined;
      do {
        const page = await reading({ Key: from }, 'files', () =>
          client.send(
            new ListObjectsV2Command({ Bucket: bucket, Prefix: from, EncodingType: 'url', ...(token && { ContinuationToken: token }) }),
          ),
        );
        for (const { Key = '' } of page.Contents ?? []) {
          const key = page.EncodingType === 'url' ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key;
          const hidden = key.endsWith('/') || /(?:^|\/)\./.test(key.slice(from.length));
          if (!hidden && !(except !== undefined && isBelow(`s3://${bucket}/${key}`, except))) yield key.slice(own);
        }
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },
    write: (path, bytes) => writing(path, (key) => client.send(new PutObjectCommand({ ...key, Body: bytes }))),
    upload: (path, file) =>
      writing(path, async (key) => {
        const { size } = await stat(file);
        const params = { ...key, Body: createReadStream(file) };
        await new Upload({ client, params, partSize: Math.max(PART, Math.ceil(size / MAX_PARTS)), queueSize: 2 }).done();
      }),
    remove: (path) => writing(path, (key) => client.send(new DeleteObjectCommand(key))),
  };
}

type Wanted = { readonly Bucket: string; readonly Key: string; readonly Range?: string; readonly IfMatch?: string };

/** An object, or a range of it. The SDK asks again for what was not answered; for an answer that broke off we do. */
function getObject(client: S3Client, wanted: Wanted, { what, limit }: Sought, name: string): Promise<Uint8Array> {
  return retrying(async () => {
    const { Body, ContentLength } = await client.send(new GetObjectCommand(wanted));
    const tooLarge = (how: string) => new GradcamError('limit', `Expected ${what} of at most ${limit} bytes, but '${name}' ${how}.`);
    return collect(Body instanceof Readable ? Body : Readable.from([]), ContentLength, limit, tooLarge);
  });
}

function isBelow(location: string, folder: string): boolean {
  return location.startsWith(`${folder.replace(/\/+$/, '')}/`);
}
