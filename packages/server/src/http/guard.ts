import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '@gradcam/node';
import type { MiddlewareHandler } from 'hono';
import { Problem } from '../errors.js';

/** An answer is data for who asked, and for nobody else: no page may run, frame, embed or guess the type of it, and nothing keeps it. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
};

/** Keeps pages of other sites away: their names can be made to lead here, and forms be sent from them. @param loopback whether only this machine is served */
export function sameSite(loopback: boolean): MiddlewareHandler {
  return async (c, next) => {
    const host = (c.req.header('host') ?? '').replace(/:\d+$/, '');
    if (loopback && !isLoopback(host))
      throw new Problem(403, 'forbidden', 'this service is for its own machine: ask for it as 127.0.0.1 or localhost');
    if (c.req.header('sec-fetch-site') === 'cross-site') throw new Problem(403, 'forbidden', 'pages of other sites are not answered');
    await next();
  };
}

/** Asks for `Authorization: Bearer TOKEN`. @param open addresses that need none: what watches over the process knows no secrets */
export function bearer(token: string, open: ReadonlySet<string>): MiddlewareHandler {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return async (c, next) => {
    const [, given = ''] = /^bearer +(.+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    // Digests are of one length, and compared in the same time whatever they are.
    if (!open.has(c.req.path) && !timingSafeEqual(digest(given), expected))
      throw new Problem(401, 'unauthorized', 'expected the header Authorization: Bearer TOKEN, with the token of this service', {
        'WWW-Authenticate': 'Bearer',
      });
    await next();
  };
}
