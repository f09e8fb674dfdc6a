import { encodePng } from '@gradcam/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { airplaneAndTruck, formOf, jsonOf } from '../testing/everyday.js';
import { type Ask, BLACK, engineOf, problem, start, stopAll } from '../testing/service.js';

let ask: Ask;
let picture: Uint8Array<ArrayBuffer>;
const instance = jsonOf({ instances: [BLACK] });

beforeAll(async () => {
  ask = await start();
  picture = await airplaneAndTruck();
});
afterAll(stopAll);

describe('limits', () => {
  it('of pixels and of bodies: 413', async () => {
    const small = await start({ limits: { pixels: 1000, body: 20_000 } });
    const drawn = new Uint8Array(await encodePng({ width: 100, height: 100, data: new Uint8Array(30_000) }));
    expect(await problem(await small('/v1/explain', { method: 'POST', body: formOf(drawn) }))).toMatchObject({
      status: 413,
      code: 'limit',
      detail: expect.stringContaining("at most 1000 pixels, but 'image' has 100 × 100"),
    });
    const long = await small('/v1/explain', jsonOf({ image: 'A'.repeat(30_000) }));
    expect(await problem(long)).toMatchObject({ status: 413, detail: expect.stringContaining('at most 20000 bytes') });
  });

  it('of the queue: 429, and when to come again', async () => {
    const end = new AbortController();
    let engine = engineOf({});
    const twoBegan = new Promise<void>((resolve) => {
      let count = 0;
      engine = engineOf({
        explain: () => {
          if (++count === 2) resolve();
          return new Promise((_, reject) => end.signal.addEventListener('abort', () => reject(end.signal.reason)));
        },
      });
    });
    const busy = await start({ engine, limits: { queue: 2, seconds: 1000 } });
    const inside = [busy('/v1/models/everyday:predict', instance), busy('/v1/models/everyday:predict', instance)];
    await twoBegan;
    const refused = await busy('/v1/models/everyday:predict', instance);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await problem(refused)).toMatchObject({ status: 429, code: 'busy' });
    end.abort(new Error('enough'));
    expect((await Promise.all(inside)).map(({ status }) => status)).toEqual([500, 500]);
    expect(await (await busy('/metrics')).text()).toMatch(/^gradcam_pictures 0$/m);
  });

  it('of time: 504, and the work is given up', async () => {
    const reasons: unknown[] = [];
    const engine = engineOf({
      explain: (_, __, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(signal.reason);
          });
        }),
    });
    const slow = await start({ engine, limits: { seconds: 0.05 } });
    expect(await problem(await slow('/v1/models/everyday:predict', instance))).toMatchObject({ status: 504, code: 'timeout' });
    expect(reasons).toEqual([expect.objectContaining({ name: 'TimeoutError' })]);
  });

  it('who hangs up is not computed for', async () => {
    const client = new AbortController();
    const given = new Promise<void>((resolve) => {
      const engine = engineOf({
        explain: (_, __, signal) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              resolve();
              reject(signal.reason);
            });
            client.abort();
          }),
      });
      void start({ engine, limits: { seconds: 1000 } }).then((patient) =>
        patient('/v1/models/everyday:predict', { ...instance, signal: client.signal }).catch(() => undefined),
      );
    });
    await given;
  });
});

describe('who may ask', () => {
  it('a token is asked for, but not by what watches over the process', async () => {
    const token = 'a-token-of-some-length';
    const closed = await start({ token });
    for (const path of ['/v1/models', '/metrics', '/openapi.json', '/v1/explain']) {
      const refused = await closed(path, path === '/v1/explain' ? { method: 'POST' } : {});
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(await problem(refused)).toMatchObject({ status: 401, code: 'unauthorized' });
    }
    for (const wrong of [`Bearer ${token}x`, `Bearer ${token.slice(1)}`, 'Bearer ', token, `Basic ${token}`])
      expect((await closed('/v1/models', { headers: { Authorization: wrong } })).status).toBe(401);
    expect((await closed('/v1/models', { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await closed('/healthz')).status).toBe(200);
    expect((await closed('/')).status).toBe(200);
  });

  it('pages of other sites are not', async () => {
    expect(await problem(await ask('/v1/models', { headers: { 'Sec-Fetch-Site': 'cross-site' } }))).toMatchObject({ status: 403 });
  });

  it('every answer has its headers', async () => {
    for (const path of ['/healthz', '/nothing', '/metrics', '/v1/models/none']) {
      const { headers } = await ask(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
    expect(await problem(await ask('/nothing'))).toMatchObject({ status: 404, code: 'unknown-path' });
    const refused = await ask('/v1/explain');
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

it('what fails inside is not told to who asks, but to the log', async () => {
  const lines: string[] = [];
  const engine = engineOf({ read: () => Promise.reject(new Error('/secret/path is broken')) });
  const service = await start({ engine, log: (line) => lines.push(line) });
  const { status, code, detail } = await problem(await service('/v1/explain', { method: 'POST', body: formOf(picture) }));
  expect([status, code]).toEqual([500, 'unexpected']);
  expect(detail).not.toContain('secret');
  expect(lines).toEqual(['/secret/path is broken']);
});

it('metrics count what was asked, by the pattern of its address', async () => {
  const service = await start();
  await service('/v1/explain', { method: 'POST', body: formOf(picture) });
  await service('/made/up');
  const text = await (await service('/metrics')).text();
  expect(text).toContain('gradcam_http_requests_total{route="/v1/explain",status="200"} 1');
  expect(text).toContain('gradcam_http_requests_total{route="none",status="404"} 1');
  expect(text).toContain('gradcam_run_pictures_sum{model="everyday"} 1');
  expect(text).toMatch(/^gradcam_pictures 0$/m);
  expect(text).toMatch(/^gradcam_body_bytes 0$/m);
  expect(text).toMatch(/^gradcam_waiting_pictures\{model="everyday"\} 0$/m);
});
