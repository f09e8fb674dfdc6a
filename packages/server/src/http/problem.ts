import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import type { Problem } from '../errors.js';

/** The answer that says what went wrong (RFC 9457). */
export function problemAnswer(c: Context, { status, code, message, headers }: Problem): Response {
  const title = STATUS_CODES[status] ?? 'Error';
  // What was not read of a body stands in the connection: nothing else can be asked there.
  const unread = status === 413 || (c.req.raw.body !== null && !c.req.raw.bodyUsed);
  const body = { type: 'about:blank', title, status, detail: message, code };
  return c.body(JSON.stringify(body), status, {
    ...headers,
    ...(unread && { Connection: 'close' }),
    'Content-Type': 'application/problem+json',
  });
}
