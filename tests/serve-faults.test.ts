import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '@gradcam/core';
import { encodeImage, encodeNpy, readImage } from '@gradcam/node';
import { expect, it, onTestFinished } from 'vitest';
import { metric, residentMegabytes, startService, stopService } from './support/serve.js';

// What a service must bear: it stays up, its memory is bounded, and who asks properly is answered.

const REQUESTS = 10_000;
/** Who asks at once. */
const CLIENTS = 32;
/** Connections that send a byte now and then, for as long as they are let. */
const SLOW = 100;
/** What the process may grow by, beyond what it has once it has answered a first picture, in MB. */
const MEMORY = 500;
/** Of so many requests one is sound. */
const SOUND = 20;

const root = fileURLToPath(new URL('..', import.meta.url));
const random = randomFrom(6);
const below = (limit: number) => Math.floor(random.uniform() * limit);
const noise = (length: number) => new Uint8Array(Float64Array.from({ length: 1 + Math.floor(length / 8) }, () => random.uniform()).buffer);

/** What an answer says of a class. */
interface Why {
  readonly class: { readonly label: string };
  readonly score: number;
  readonly heatmap: readonly (readonly number[])[];
}

it(`${REQUESTS} malformed, oversized and slow requests`, async () => {
  const drawing = new Uint8Array(readFileSync(join(root, 'models/everyday/examples/airplane-and-truck.svg')));
  const drawn = await readImage(drawing);
  const [png, jpeg] = [new Uint8Array(await encodeImage(drawn, '.png')), new Uint8Array(await encodeImage(drawn, '.jpg'))];
  const service = await startService(['--workers', '1', '--queue', '16', '--timeout', '20', '--max-body', '1', '--max-pixels', '1']);
  const { ask, url, process: child } = service;
  onTestFinished(() => void child.kill('SIGKILL'));
  const port = Number(new URL(url).port);

  const form = (bytes: Uint8Array<ArrayBuffer>, fields: Readonly<Record<string, string>> = {}): RequestInit => {
    const body = new FormData();
    body.set('image', new Blob([bytes]));
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return { method: 'POST', body };
  };
  const raw = (body: BodyInit, type = 'application/json'): RequestInit => ({ method: 'POST', body, headers: { 'Content-Type': type } });
  /** Asks properly. Pictures that share a run are added up in another order: float32, and the last digit of the heatmap. */
  const sound = async () => {
    const { explanations } = (await (await ask('/v1/explain', form(png))).json()) as { explanations?: readonly Why[] };
    if (explanations === undefined) return undefined;
    const [why] = explanations;
    expect([explanations.length, why?.class.label]).toEqual([1, 'truck']);
    expect(why?.score).toBeCloseTo(expected?.score ?? why?.score ?? 0, 4);
    const [heatmap = [], wanted = heatmap] = [why?.heatmap.flat(), expected?.heatmap.flat()];
    expect(heatmap).toHaveLength(wanted.length);
    const apart = heatmap.map((value, at) => Math.abs(value - (wanted[at] ?? Number.NaN)));
    expect(Math.max(...apart)).toBeLessThan(3e-4);
    return why;
  };
  let expected: Why | undefined;
  expected = await sound();
  const before = residentMegabytes(child);
  let highest = before;
  const watching = setInterval(() => {
    highest = Math.max(highest, residentMegabytes(child));
  }, 50);

  /** A picture with some of its bytes changed. */
  const harmed = (bytes: Uint8Array<ArrayBuffer>) => {
    const copy = bytes.slice(0, below(4) === 0 ? 1 + below(bytes.length) : bytes.length);
    for (let count = 1 + below(20); count > 0; count--) copy[below(copy.length)] = below(256);
    return copy;
  };
  /** A PNG whose head says that it is as large as a PNG can be. */
  const bomb = png.slice();
  new DataView(bomb.buffer).setUint32(16, 2 ** 31 - 1);
  const gif = Uint8Array.from(Buffer.from('GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x00;', 'latin1'));
  const base64 = Buffer.from(png).toString('base64');
  const nan = new Uint8Array(encodeNpy({ type: 'float32', dims: [1, 3, 32, 32], data: new Float32Array(3072).fill(Number.NaN) }));
  const attacks: readonly (() => readonly [path: string, init: RequestInit])[] = [
    () => ['/v1/explain', form(harmed(png))],
    () => ['/v1/explain', form(harmed(jpeg))],
    () => ['/v1/explain', form(noise(below(5000)))],
    () => ['/v1/explain', form(below(2) ? bomb : gif)],
    () => ['/v1/explain', form(nan)],
    () => ['/v1/explain', form(drawing)],
    () => ['/v1/explain', form(png, { classes: String(below(1000)), top: String(below(99)), alpha: 'x' })],
    () => ['/v1/explain', raw(noise(below(5000)))],
    () => ['/v1/explain', raw(noise(below(5000)), 'multipart/form-data; boundary=x')],
    () => [
      '/v1/explain',
      raw(`--x\r\nContent-Disposition: form-data; name="image"\r\n${'A: b\r\n'.repeat(below(20_000))}`, 'multipart/form-data; boundary=x'),
    ],
    () => ['/v1/explain', raw(JSON.stringify({ image: base64 }).slice(0, below(base64.length)))],
    () => ['/v1/explain', raw(JSON.stringify({ image: base64, [String(below(1e9))]: 1 }))],
    () => ['/v1/explain', raw(JSON.stringify({ image: ' '.repeat(below(100_000)) + (below(2) ? '*' : '') }))],
    () => ['/v1/explain', raw('['.repeat(below(100_000)))],
    () => ['/v1/explain', raw(JSON.stringify({ image: 'http://169.254.169.254/latest' }))],
    () => ['/v1/explain', { ...raw('{}'), headers: { 'Content-Type': 'application/json', Accept: 'text/html' } }],
    () => ['/v1/explain', { ...raw('{}'), headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' } }],
    () => ['/v1/models/everyday:explain', raw(JSON.stringify({ instances: Array(below(50_000)).fill(0) }))],
    () => ['/v1/models/everyday:explain', raw(JSON.stringify({ instances: [[Array(1000).fill(Array(below(100)).fill(0))]] }))],
    () => ['/v1/models/everyday:predict', raw(JSON.stringify({ instances: Array(17 + below(10)).fill({ b64: 'AAAA' }) }))],
    () => [`/v1/models/%${below(100)}%E0%A4%A:explain`, raw('{}')],
    () => [`/${'../'.repeat(below(9))}etc/passwd`, { method: 'GET' }],
    () => ['/v1/explain', { method: ['PUT', 'DELETE', 'GET', 'OPTIONS'][below(4)] ?? 'GET' }],
  ];
  const statuses = new Map<number | string, number>();
  const count = (status: number | string) => statuses.set(status, (statuses.get(status) ?? 0) + 1);

  /** Sends bytes that are no request, or not all of one, and hangs up, or waits to be hung up on. */
  const broken = async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    const head = `POST /v1/explain HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`;
    const kinds = [
      () => noise(below(2000)),
      () => `${head}X: ${'x'.repeat(100_000)}\r\n\r\n`,
      () => `${head}Content-Length: 100000\r\n\r\n{"image":`,
      () => `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      () => `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
    ];
    socket.end(kinds[below(kinds.length)]?.() ?? '');
    setTimeout(() => socket.destroy(), 100);
    socket.resume();
    await once(socket, 'close');
    count('hung up');
  };
  /** More than a body may have, whether it says so or not. */
  const oversized = async () => {
    const body = new Uint8Array(1_100_000 + below(500_000));
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(body);
        controller.close();
      },
    });
    const init = below(2) ? { body } : { body: stream, duplex: 'half' as const };
    const status = await ask('/v1/explain', { method: 'POST', headers: { 'Content-Type': 'application/json' }, ...init }).then(
      judge,
      () => 'hung up',
    );
    count(status);
  };
  const judge = async (answer: Response) => {
    const body = (await answer.json().catch(() => ({}))) as { code?: unknown; detail?: unknown };
    if (answer.status === 200) return 200;
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
    // Nothing of this machine is told.
    expect(String(body.detail)).not.toMatch(/\/(home|work|tmp|usr|root|node_modules)\b/);
    return answer.status;
  };

  const slow: Socket[] = [];
  for (let number = 0; number < SLOW; number++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      number % 2
        ? 'POST /v1/explain HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"image":"'
        : 'GET /',
    );
    socket.resume();
    slow.push(socket);
  }
  const dripping = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('A');
  }, 500);

  let [sent, answered, refused] = [0, 0, 0];
  const client = async () => {
    while (sent < REQUESTS) {
      const number = sent++;
      if (number % SOUND === 0) {
        // A full queue is an answer, too.
        if ((await sound()) === undefined) refused++;
        else answered++;
      } else if (number % 7 === 0) await broken();
      else if (number % 50 === 1) await oversized();
      else {
        const [path, init] = attacks[below(attacks.length)]?.() ?? ['/', {}];
        // Whoever is refused while still sending may find the connection closed.
        count(await ask(path, init).then(judge, () => 'hung up'));
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  clearInterval(dripping);
  clearInterval(watching);
  for (const socket of slow) socket.destroy();

  console.log(
    `answers: ${[...statuses].map(([status, times]) => `${status} × ${times}`).join(', ')}; sound: ${answered} answered, ${refused} told to come again`,
  );
  console.log(`memory: ${before.toFixed(0)} MB before, ${highest.toFixed(0)} MB at most`);
  expect(answered).toBeGreaterThan(0.5 * (REQUESTS / SOUND));
  for (const status of statuses.keys()) expect([200, 400, 404, 405, 406, 413, 415, 429, 'hung up']).toContain(status);
  if (Number.isFinite(before)) expect(highest - before).toBeLessThan(MEMORY);
  // Nothing of all that is left.
  expect(await sound()).toBeDefined();
  expect(await metric(service, 'gradcam_pictures')).toBe(0);
  expect(await metric(service, 'gradcam_body_bytes')).toBe(0);
  expect((await stopService(service)).err).not.toContain('unexpected');
});
