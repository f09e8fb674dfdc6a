import { existsSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../run.js';
import { example, Folder } from '../../testing/files.js';
import { gradcam } from '../../testing/run.js';
import { headersFor, readHeaders } from './headers.js';
import { PAGE } from './page.js';
import { type Served, serveFolder } from './server.js';

const HEADERS = `/*
  X-Content-Type-Options: nosniff
  Content-Security-Policy: default-src 'none'; connect-src https://one.example

/assets/*
  Cache-Control: public, max-age=31536000, immutable
`;

describe('headers', () => {
  it('are those of every rule that an address falls under', () => {
    const rules = readHeaders(HEADERS);
    const all = [
      ['X-Content-Type-Options', 'nosniff'],
      ['Content-Security-Policy', "default-src 'none'; connect-src https://one.example"],
    ];
    expect(headersFor('/', rules)).toEqual(all);
    expect(headersFor('/assets/a.js', rules)).toEqual([...all, ['Cache-Control', 'public, max-age=31536000, immutable']]);
    expect(headersFor('/only', readHeaders('/only\n  A: b'))).toEqual([['A', 'b']]);
    expect(headersFor('/only/more', readHeaders('/only\n  A: b'))).toEqual([]);
  });
});

describe('the server', () => {
  let folder: Folder;
  let served: Served | undefined;
  beforeEach(() => {
    folder = new Folder();
    folder.write('index.html', '<!doctype html>');
    folder.write('_headers', HEADERS);
    folder.write('net.onnx', 'weights');
  });
  afterEach(async () => {
    await served?.close();
    served = undefined;
    folder.remove();
  });
  const serve = async (files?: ReadonlyMap<string, string>): Promise<string> => {
    served = await serveFolder({ folder: folder.path, host: '127.0.0.1', port: 0, ...(files !== undefined && { files }) });
    return served.url;
  };

  it('serves the folder with its headers, and nothing else', async () => {
    const url = await serve();
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([200, '<!doctype html>']);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html;charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; connect-src https://one.example",
    });
    for (const path of ['nothing', '%2e%2e/%2e%2e/etc/passwd', '..%2f..%2fetc%2fpasswd', 'given/net.onnx', '%']) {
      expect((await fetch(`${url}${path}`)).status).toBe(404);
    }
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await fetch(url, { method })).status).toBe(405);
  });

  it('serves the files it is given, by their names alone', async () => {
    const url = await serve(new Map([['/given/a%20net.onnx', folder.at('net.onnx')]]));
    const answer = await fetch(`${url}given/a%20net.onnx`);
    expect([answer.status, await answer.text(), answer.headers.get('cache-control')]).toEqual([200, 'weights', 'no-store']);
    expect((await fetch(`${url}given/`)).status).toBe(404);
  });

  it('answers nobody who came by another name', async () => {
    const { port } = new URL(await serve());
    const asked = (host: string) => status({ port, host });
    expect(await asked(`127.0.0.1:${port}`)).toBe(200);
    expect(await asked(`localhost:${port}`)).toBe(200);
    expect(await asked(`evil.example:${port}`)).toBe(403);
    expect(await asked('127.0.0.1.evil.example')).toBe(403);
  });
});

function status({ port, host }: { readonly port: string; readonly host: string }): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

describe('gradcam studio', () => {
  it('says in one line what is wrong', async () => {
    const refusal = async (...argv: string[]) => {
      const { status, out, err } = await gradcam(['studio', '--no-open', ...argv]);
      return { status, out, err: err.at(-1) };
    };
    expect(await refusal('--port', '0')).toMatchObject({
      status: 2,
      err: expect.stringContaining('expected a whole number from 1 to 65535'),
    });
    expect(await refusal('--port', '70000')).toMatchObject({ status: 2 });
    expect(await refusal('one.png', 'two.png')).toMatchObject({ status: 2, err: expect.stringContaining('too many arguments') });
    expect(await refusal('nothing.png')).toMatchObject({ status: 1, err: "gradcam: there is no picture 'nothing.png'" });
    expect(await refusal('--model', 'nothing.onnx')).toMatchObject({ status: 1, err: expect.stringContaining('nothing.onnx') });
  });

  it('names a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const folder = new Folder();
    folder.write('index.html', '');
    try {
      await expect(serveFolder({ folder: folder.path, host: '127.0.0.1', port })).rejects.toMatchObject({
        code: 'network',
        message: expect.stringContaining(`port ${port} is taken`),
      });
      await expect(serveFolder({ folder: folder.path, host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
        code: 'network',
        message: expect.stringContaining("'192.0.2.1' is no address of this machine"),
      });
    } finally {
      other.close();
      folder.remove();
    }
  });

  it('serves from an empty folder nothing, and says how to build', async () => {
    const folder = new Folder();
    await expect(serveFolder({ folder: folder.path, host: '127.0.0.1', port: 0 })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('npm run build'),
    });
    folder.remove();
  });

  const built = existsSync(join(PAGE, 'index.html'));
  if (!built) console.warn('skipped: the page is not built (npm run build)');
  it.skipIf(!built)('serves the page and the files it is given, until it is told to stop', async () => {
    const controller = new AbortController();
    let address = '';
    const notes: string[] = [];
    const status = run(['studio', '--no-open', example('ship.svg')], {
      out: (text) => {
        address += text.trim();
      },
      note: (line) => notes.push(line),
      terminal: undefined,
      input: async () => new Uint8Array(0),
      lines: async function* () {},
      signal: controller.signal,
      debug: false,
    });
    await expect.poll(() => notes).toEqual(['gradcam: serving until Ctrl-C']);
    const { searchParams, origin } = new URL(address);
    expect(searchParams.get('picture')).toBe('given/picture/ship.svg');
    const page = await fetch(address);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    const picture = await fetch(`${origin}/${searchParams.get('picture')}`);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    const names = [...(await (await fetch(`${origin}/service-worker.js`)).text()).matchAll(/"(assets\/[^"]+)"/g)].map(([, name]) => name);
    expect(names.some((name) => name?.endsWith('.wasm'))).toBe(true);
    for (const name of names) {
      const asset = await fetch(`${origin}/${name}`, { method: 'HEAD' });
      expect([name, asset.status, asset.headers.get('cache-control')]).toEqual([name, 200, 'public, max-age=31536000, immutable']);
    }
    controller.abort();
    expect(await status).toBe(0);
    await expect(fetch(address)).rejects.toThrow();
  });
});
