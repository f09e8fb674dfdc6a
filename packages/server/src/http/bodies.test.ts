import { expect, it } from 'vitest';
import { BODIES_AT_ONCE } from '../limits.js';
import { Bodies } from './bodies.js';

const request = (body: BodyInit | ReadableStream<Uint8Array>, headers: Readonly<Record<string, string>> = {}) =>
  new Request('http://127.0.0.1/', { method: 'POST', body, headers, ...(body instanceof ReadableStream && { duplex: 'half' }) });

/** A body that comes in parts, of which it does not say how many. */
function streamed(...parts: readonly number[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const length of parts) controller.enqueue(new Uint8Array(length));
      controller.close();
    },
  });
}

it('a body is held until it is let go', async () => {
  const bodies = new Bodies(10);
  const { bytes, release } = await bodies.read(request(streamed(4, 6)));
  expect([bytes.length, bodies.held]).toEqual([10, 10]);
  release();
  release();
  expect(bodies.held).toBe(0);
});

it('one that is too long is refused by what it says, or once it is', async () => {
  const bodies = new Bodies(10);
  await expect(bodies.read(request('x', { 'Content-Length': '11' }))).rejects.toMatchObject({ status: 413 });
  await expect(bodies.read(request(streamed(4, 7)))).rejects.toMatchObject({
    status: 413,
    message: 'expected a body of at most 10 bytes; make the picture smaller',
  });
  expect(bodies.held).toBe(0);
});

it('no more at once than there is memory for', async () => {
  const bodies = new Bodies(10);
  const held = await Promise.all(Array.from({ length: BODIES_AT_ONCE }, () => bodies.read(request(streamed(10)))));
  await expect(bodies.read(request(streamed(1)))).rejects.toMatchObject({ status: 429, headers: { 'Retry-After': '1' } });
  held[0]?.release();
  expect((await bodies.read(request(streamed(1)))).bytes.length).toBe(1);
});

it('compressed ones are not taken: they could hold anything', async () => {
  await expect(new Bodies(10).read(request('x', { 'Content-Encoding': 'gzip' }))).rejects.toMatchObject({ status: 415 });
});
