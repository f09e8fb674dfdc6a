import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { HEAD_SECONDS, IDLE_SECONDS, MAX_CONNECTIONS } from '../limits.js';

/** How often connections are looked at whose time is over, and that are to be closed. */
const CHECK_MS = 500;

/** An HTTP server for the addresses, with limits on who is slow. */
export function createHttpServer(app: Hono, receiveSeconds: number): Server {
  const serverOptions = {
    headersTimeout: 1000 * Math.min(HEAD_SECONDS, receiveSeconds),
    requestTimeout: 1000 * receiveSeconds,
    keepAliveTimeout: 1000 * IDLE_SECONDS,
    connectionsCheckingInterval: CHECK_MS,
  };
  // What the standard library calls Request and Response stays what it is.
  const server = createAdaptorServer({ fetch: app.fetch, createServer, serverOptions, overrideGlobalObjects: false }) as Server;
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', refuse);
  return server;
}

/** Answers what is no request, or comes too slowly to be one. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, code, detail] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ([408, 'timeout', 'the request took too long to come in'] as const)
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ([431, 'limit', 'the head of the request is too long'] as const)
        : ([400, 'invalid-request', 'this is no HTTP request'] as const);
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail, code });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.end(head + body, () => socket.destroy());
}

/** Takes no more connections, and waits for the answers that are under way. @param graceSeconds after which it waits no longer */
export async function stop(server: Server, graceSeconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), CHECK_MS / 10);
  const end = setTimeout(() => server.closeAllConnections(), 1000 * graceSeconds);
  await closed;
  clearInterval(idle);
  clearTimeout(end);
}
