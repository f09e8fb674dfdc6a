import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** One request to a test server: its path and the `Range` header, if any. */
export interface SeenRequest {
  readonly url: string;
  readonly range: string | undefined;
}

export interface FileServer {
  /** `http://127.0.0.1:PORT` */
  readonly base: string;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

/** A server on a free port of 127.0.0.1; `answer` gets the number of the request, from 0. */
export async function serveFiles(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void): Promise<FileServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', range: request.headers.range });
    answer(request, response, seen.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    base: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers as a good server does, ranges included; `until` cuts the connection after so many bytes of the body. */
export function sendFile(request: IncomingMessage, response: ServerResponse, content: Uint8Array, until = content.length): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const body = content.subarray(from);
  const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length, ...range });
  if (until >= body.length) response.end(body);
  else response.write(body.subarray(0, until), () => setTimeout(() => response.destroy(), 20));
}
