import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import type { Problem } from '../errors.js';

/** The answer that says what went wrong (RFC 9457). */
export function problemAnswer(c: Context, { status, code, message, headers }: Problem): Response {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = { type: 'about:blank', title, status, detail: message, code };
  return c.body(JSON.stringify(body), status, { ...headers, 'Content-Type': 'application/problem+json' });
}
