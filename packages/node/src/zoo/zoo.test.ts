import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZOO_COMMIT, ZOO_MIRRORS, zooEntry } from '@gradcam/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FileServer, sendFile, serveFiles } from '../testing/file-server.js';
import { cacheDirectory } from './cache.js';
import { zooUrls } from './url.js';
import { type DownloadProgress, zooModel } from './zoo.js';

/** 300,000 bytes that do not repeat early. */
const CONTENT = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 2654435761) >>> 24);
const SIZE = CONTENT.length;

vi.mock('../../../core/src/zoo/models.js', async (original) => {
  const models = await original<typeof import('../../../core/src/zoo/models.js')>();
  const tiny = {
    title: 'Tiny',
    path: 'Vision/tiny_folder/tiny_file.onnx',
    bytes: 0,
    sha256: '',
    preprocess: models.ZOO_MODELS['resnet18']?.preprocess,
  };
  return { ...models, ZOO_MODELS: { ...models.ZOO_MODELS, tiny } };
});
Object.assign(zooEntry('tiny'), { bytes: SIZE, sha256: createHash('sha256').update(CONTENT).digest('hex') });

let cacheDir: string;
let servers: FileServer[];
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'gradcam-zoo-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.close();
  rmSync(cacheDir, { recursive: true });
});

async function serve(answer: Parameters<typeof serveFiles>[0]): Promise<FileServer> {
  const server = await serveFiles(answer);
  servers.push(server);
  return server;
}

const path = () => join(cacheDir, 'models', 'tiny.onnx');
const part = () => `${path()}.part`;
const get = (server: { base: string }, options: object = {}) =>
  zooModel('tiny', { cacheDir, env: { GRADCAM_ZOO_URL: server.base }, stallMs: 5000, ...options });
/** The file is there and right, and nothing else is. */
const expectDone = (result: string) => {
  expect(result).toBe(path());
  expect(Buffer.from(CONTENT).equals(readFileSync(path()))).toBe(true);
  expect(readdirSync(join(cacheDir, 'models'))).toEqual(['tiny.onnx']);
};
const leavePart = (bytes: Uint8Array) => {
  mkdirSync(join(cacheDir, 'models'), { recursive: true });
  writeFileSync(part(), bytes);
};
const failure = async (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error);

describe('a download', () => {
  it('comes once, with its progress, and is checked when it is used again', async () => {
    const server = await serve((request, response) => sendFile(request, response, CONTENT));
    const progress: DownloadProgress[] = [];
    expectDone(await get(server, { onProgress: (step: DownloadProgress) => progress.push(step) }));
    expect(progress[0]).toEqual({ name: 'tiny', received: 0, total: SIZE });
    expect(progress.at(-1)).toEqual({ name: 'tiny', received: SIZE, total: SIZE });

    expectDone(await get(server));
    expect(server.seen).toEqual([{ url: '/tiny_file.onnx', range: undefined }]);

    writeFileSync(path(), CONTENT.slice().fill(0, 1000, 1001));
    expectDone(await get(server));
    expect(server.seen).toHaveLength(2);
  });

  it('goes on where a dropped connection stopped', async () => {
    const server = await serve((request, response, count) => sendFile(request, response, CONTENT, count === 0 ? 150_000 : undefined));
    expectDone(await get(server));
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]?.range).toMatch(/^bytes=\d+-$/);
    expect(Number(server.seen[1]?.range?.slice(6, -1))).toBeLessThanOrEqual(150_000);
  });

  it('goes on in a later run', async () => {
    leavePart(CONTENT.subarray(0, 200_000));
    const server = await serve((request, response) => sendFile(request, response, CONTENT));
    const progress: number[] = [];
    expectDone(await get(server, { onProgress: ({ received }: DownloadProgress) => progress.push(received) }));
    expect(server.seen).toEqual([{ url: '/tiny_file.onnx', range: 'bytes=200000-' }]);
    expect(progress[1]).toBeGreaterThan(200_000);
  });

  it('keeps what came, however often the connection drops', async () => {
    const server = await serve((request, response) => sendFile(request, response, CONTENT, 50_000));
    expect(await failure(get(server))).toMatchObject({ code: 'network' });
    const kept = readFileSync(part());
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.equals(Buffer.from(CONTENT.subarray(0, kept.length)))).toBe(true);
    expect(existsSync(path())).toBe(false);
  });

  it('starts again where the server ignores the range', async () => {
    leavePart(CONTENT.slice(0, 100_000).fill(7));
    const server = await serve((_, response) => response.end(CONTENT));
    expectDone(await get(server));
    expect(server.seen).toHaveLength(1);
  });

  it('starts again where the server sends another range', async () => {
    leavePart(CONTENT.subarray(0, 100_000));
    const server = await serve((request, response) => {
      if (request.headers.range === undefined) return sendFile(request, response, CONTENT);
      response.writeHead(206, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` }).end(CONTENT);
    });
    expectDone(await get(server));
    expect(server.seen.map(({ range }) => range)).toEqual(['bytes=100000-', undefined]);
  });

  it('starts again where an old part turns out to be wrong', async () => {
    leavePart(CONTENT.slice(0, 100_000).fill(7));
    const server = await serve((request, response) => sendFile(request, response, CONTENT));
    expectDone(await get(server));
    expect(server.seen.map(({ range }) => range)).toEqual(['bytes=100000-', undefined]);
  });

  it('needs no server where an old part is whole', async () => {
    leavePart(CONTENT);
    const server = await serve((_, response) => response.writeHead(500).end());
    expectDone(await get(server));
    expect(server.seen).toEqual([]);
  });

  it('throws wrong bytes away', async () => {
    const server = await serve((request, response) => sendFile(request, response, CONTENT.slice().fill(1, 5, 6)));
    const error = await failure(get(server));
    expect(error).toMatchObject({ code: 'network', message: expect.stringContaining('(other content than expected)') });
    expect(readdirSync(join(cacheDir, 'models'))).toEqual([]);
  });

  it('never writes more than the file has', async () => {
    let sent = 0;
    const server = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && sent < 100 * SIZE) {
          sent += SIZE;
          if (!response.write(CONTENT)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const error = await failure(get(server));
    expect(error).toMatchObject({ message: expect.stringContaining('(more than the expected 300000 bytes)') });
    expect(readdirSync(join(cacheDir, 'models'))).toEqual([]);
  });

  it('is not begun where the size is wrong', async () => {
    const server = await serve((_, response) => response.end('<html>Sign in</html>'));
    expect(await failure(get(server))).toMatchObject({ message: expect.stringContaining('(20 bytes instead of 300000)') });
  });

  it('is given up where no data comes', async () => {
    const server = await serve((_, response) => void response.write(CONTENT.subarray(0, 1000)));
    expect(await failure(get(server, { stallMs: 150 }))).toMatchObject({ message: expect.stringContaining('no data for 0.15 s') });
  });

  it('that two callers want is shared', async () => {
    const server = await serve((request, response) => sendFile(request, response, CONTENT));
    const [one, two] = await Promise.all([get(server), get(server)]);
    expectDone(one);
    expect(two).toBe(one);
    expect(server.seen).toHaveLength(1);
  });
});

describe('the addresses', () => {
  const mirrors = async (answer: Parameters<typeof serveFiles>[0]) => {
    const server = await serve(answer);
    // The public hosts, answered by the test's server.
    const local: typeof fetch = (input, init) => fetch(`${server.base}/${String(input)}`, init);
    return { server, get: () => zooModel('tiny', { cacheDir, env: {}, fetch: local, stallMs: 5000 }) };
  };

  it('are tried in turn, each going on from the other', async () => {
    const { server, get } = await mirrors((request, response, count) => {
      if (count === 1) sendFile(request, response, CONTENT);
      else response.writeHead(404).end();
    });
    leavePart(CONTENT.subarray(0, 50_000));
    expectDone(await get());
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/https://huggingface.co/onnxmodelzoo/tiny_folder/resolve/main/tiny_file.onnx',
      `/https://media.githubusercontent.com/media/onnx/models/${ZOO_COMMIT}/Vision/tiny_folder/tiny_file.onnx`,
    ]);
    expect(server.seen.map(({ range }) => range)).toEqual(['bytes=50000-', 'bytes=50000-']);
  });

  it('all failing, the message says why, and how to get the file by hand', async () => {
    const { get } = await mirrors((request, response, count) => {
      if (count === 0) response.writeHead(404).end();
      else sendFile(request, response, CONTENT.slice().fill(1, 5, 6));
    });
    const error = await failure(get());
    expect(error).toMatchObject({ code: 'network' });
    const message = String(error);
    expect(message).toContain('tiny_file.onnx (HTTP 404), https://media.');
    expect(message).toContain('(other content than expected). Get https://huggingface.co/');
    expect(message).toContain(`save it as '${path()}'`);
    expect(message).toContain('GRADCAM_ZOO_URL');
    expect(message).not.toContain('\n');
  });

  it('are replaced by GRADCAM_ZOO_URL, a base or a template', () => {
    const entry = zooEntry('tiny');
    const urls = (url: string) => zooUrls(entry, { GRADCAM_ZOO_URL: url });
    expect(urls('http://host/a/')).toEqual(['http://host/a/tiny_file.onnx']);
    expect(urls(' https://host/{commit}/{folder}/x?f={file}&p={path} ')).toEqual([
      `https://host/${ZOO_COMMIT}/tiny_folder/x?f=tiny_file.onnx&p=Vision/tiny_folder/tiny_file.onnx`,
    ]);
    expect(urls('')).toHaveLength(ZOO_MIRRORS.length);
    for (const wrong of ['ftp://host', 'host/a', '/models', 'file:///etc']) {
      expect(() => urls(wrong)).toThrow(expect.objectContaining({ code: 'network', message: expect.stringContaining(`got '${wrong}'`) }));
    }
  });

  it('nobody listening, one line says so', async () => {
    const server = await serve(() => undefined);
    await server.close();
    const error = await failure(get(server));
    expect(error).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/^The model 'tiny' could not be downloaded from http:.*ECONNREFUSED.*by hand/),
    });
  });

  it('a file that was put there by hand is taken, and a wrong one named', async () => {
    mkdirSync(join(cacheDir, 'models'));
    writeFileSync(path(), CONTENT);
    const nowhere = { base: 'http://127.0.0.1:9' };
    expectDone(await get(nowhere));
    writeFileSync(path(), 'something else');
    const gone = await serve((_, response) => response.writeHead(404).end());
    expect(await failure(get(gone))).toMatchObject({ message: expect.stringContaining('the file that is there has other content') });
  });

  it('a cache that cannot be written is an error of its own', async () => {
    writeFileSync(join(cacheDir, 'models'), 'in the way');
    expect(await failure(get({ base: 'http://127.0.0.1:9' }))).toMatchObject({
      code: 'not-writable',
      message: expect.stringContaining('tiny.onnx'),
    });
  });
});

describe('two processes', () => {
  const lock = () => `${path()}.lock`;
  beforeEach(() => leavePart(CONTENT.subarray(0, 100_000)));

  it('do not touch the same part', async () => {
    writeFileSync(lock(), String(process.pid));
    const server = await serve((request, response) => sendFile(request, response, CONTENT));
    expect(await get(server)).toBe(path());
    expect(server.seen[0]?.range).toBeUndefined();
    expect(Buffer.from(CONTENT).equals(readFileSync(path()))).toBe(true);
    expect(readdirSync(join(cacheDir, 'models')).sort()).toEqual(['tiny.onnx', 'tiny.onnx.lock', 'tiny.onnx.part']);
  });

  it('the lock of one that is gone is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['--eval', '']);
    writeFileSync(lock(), String(pid));
    const server = await serve((request, response) => sendFile(request, response, CONTENT));
    expectDone(await get(server));
    expect(server.seen[0]?.range).toBe('bytes=100000-');
  });

  it('so is one that was not touched for long, whoever has its number', async () => {
    writeFileSync(lock(), String(process.pid));
    utimesSync(lock(), new Date(0), new Date(0));
    const server = await serve((request, response) => sendFile(request, response, CONTENT));
    expectDone(await get(server));
    expect(server.seen[0]?.range).toBe('bytes=100000-');
  });
});

describe('the cache', () => {
  it("lies in the platform's place", () => {
    // With the separators of the system under test.
    const place = (...options: Parameters<typeof cacheDirectory>) => cacheDirectory(...options).replaceAll('\\', '/');
    expect(place({}, 'linux', '/home/u')).toBe('/home/u/.cache/gradcam');
    expect(place({ XDG_CACHE_HOME: '/x' }, 'linux', '/home/u')).toBe('/x/gradcam');
    expect(place({ XDG_CACHE_HOME: 'relative' }, 'linux', '/home/u')).toBe('/home/u/.cache/gradcam');
    expect(place({}, 'darwin', '/Users/u')).toBe('/Users/u/Library/Caches/gradcam');
    expect(place({ LOCALAPPDATA: '/local' }, 'win32', '/u')).toBe('/local/gradcam/Cache');
  });
});
