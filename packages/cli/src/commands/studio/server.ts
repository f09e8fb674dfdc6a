import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { isLoopback, listen } from '@gradcam/node';
import sirv from 'sirv';
import { type HeaderRule, headersFor, readHeaders } from './headers.js';

/** A folder to serve, and where. */
export interface Serving {
  readonly folder: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Files beside the folder's, by their path in addresses: `/given/net.onnx`. */
  readonly files?: ReadonlyMap<string, string>;
  /** Headers instead of those that the folder's `_headers` asks for, or beside them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that runs. */
export interface Served {
  /** `http://127.0.0.1:7411/` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a static folder with the headers that its `_headers` asks for.
 *
 * @throws GradcamError `not-found` where the folder has no page; `network` where the port is taken or the host is not this machine's
 */
export async function serveFolder({ folder, host, port, files = new Map(), headers = {} }: Serving): Promise<Served> {
  if (!existsSync(join(folder, 'index.html')))
    throw new GradcamError('not-found', `expected the page in '${folder}', but there is no index.html; in a clone, run npm run build`);
  const wanted = join(folder, '_headers');
  const rules: HeaderRule[] = existsSync(wanted) ? readHeaders(readFileSync(wanted, 'utf8')) : [];
  rules.push({ path: '/*', headers: Object.entries(headers) });
  // The folder is listed once: an address can only name what was there, and nothing outside of it.
  const page = sirv(folder, { etag: true });
  const loopback = isLoopback(host);

  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
    // A page elsewhere can have its own name lead to this machine, and would then read what is served here.
    if (loopback && !isLoopback(hostOf(request))) return refuse(response, 403);
    const path = pathOf(request);
    for (const [name, value] of headersFor(path, rules)) response.setHeader(name, value);
    const file = files.get(path);
    if (file === undefined) page(request, response, () => refuse(response, 404));
    else send(file, request, response);
  });
  const url = await listen(server, host, port);
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function hostOf({ headers }: IncomingMessage): string {
  return (headers.host ?? '').replace(/:\d+$/, '');
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const [path = '/'] = url.split(/[?#]/, 1);
  return path;
}

/** What a browser must be told; it looks into other pictures by itself. */
const TYPES: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.avif': 'image/avif', '.wasm': 'application/wasm' };

function send(file: string, { method }: IncomingMessage, response: ServerResponse): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    refuse(response, 404);
    return;
  }
  const type = TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store');
  response.writeHead(200, { 'Content-Length': size, 'Content-Type': type });
  if (method === 'HEAD') response.end();
  else
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
}

function refuse(response: ServerResponse, status: 403 | 404 | 405): void {
  response.writeHead(status, { 'Content-Length': 0 }).end();
}
