import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodePng, parseNpy, readImage } from '@gradcam/node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { metric, type Service, startService, stopService } from './support/serve.js';

// `gradcam serve` as a whole: its threads, its batches, its signals. What each address answers is tested beside its source.

const root = fileURLToPath(new URL('..', import.meta.url));
const MODEL = join(root, 'models/everyday/everyday-int8.onnx');
let folder: string;
let file: string;
let picture: Uint8Array<ArrayBuffer>;
const running: Service[] = [];

const start = async (...args: Parameters<typeof startService>) => {
  const service = await startService(...args);
  running.push(service);
  return service;
};
const form = (fields: Readonly<Record<string, string>> = {}) => {
  const body = new FormData();
  body.set('image', new Blob([picture]));
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return { method: 'POST', body };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradcam-serve-'));
  file = join(folder, 'picture.png');
  const drawing = new Uint8Array(readFileSync(join(root, 'models/everyday/examples/airplane-and-truck.svg')));
  picture = new Uint8Array(await encodePng(await readImage(drawing)));
  writeFileSync(file, picture);
});
afterEach(async () => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('answers what gradcam explain writes, to the last bit', async () => {
  const { ask } = await start();
  const saved = join(folder, 'heatmap.npy');
  const command = join(root, 'packages/cli/bin/gradcam.js');
  const argv = [command, 'explain', file, '--threads', '1', '--output', join(folder, 'overlay.png'), '--overlay', '--save-heatmap', saved];
  execFileSync(process.execPath, argv, { stdio: 'ignore' });
  const answer = await ask('/v1/explain', { ...form(), headers: { Accept: 'application/x-npy' } });
  expect(answer.status).toBe(200);
  expect(parseNpy(new Uint8Array(await answer.arrayBuffer()), 'answer')).toEqual(parseNpy(new Uint8Array(readFileSync(saved)), 'saved'));
  const overlay = await ask('/v1/explain', { ...form(), headers: { Accept: 'image/png' } });
  // The service spends less time on making the file small.
  const [answered, written] = [new Uint8Array(await overlay.arrayBuffer()), readFileSync(join(folder, 'overlay.png'))];
  const pixels = async (png: Uint8Array) => Buffer.from((await readImage(png)).data);
  expect((await pixels(answered)).equals(await pixels(written))).toBe(true);
});

it('pictures that wait share runs, each model with its own', async () => {
  const service = await start(['--model', `one=${MODEL}`, '--model', `two=${MODEL}`, '--workers', '1']);
  const shades = Array.from({ length: 30 }, (_, shade) =>
    Array.from({ length: 3 }, () => Array.from({ length: 32 }, () => Array(32).fill(shade / 15))),
  );
  const predict = async (model: string, instances: unknown) => {
    const answer = await service.ask(`/v1/models/${model}:predict`, { method: 'POST', body: JSON.stringify({ instances }) });
    return ((await answer.json()) as { predictions: number[][] }).predictions;
  };
  const [together = [], others] = await Promise.all([predict('one', shades), predict('two', shades)]);
  expect(others).toEqual(together);
  // The first is run at once; those that then wait, eight at a time.
  expect(await metric(service, 'gradcam_run_pictures_sum{model="one"}')).toBe(30);
  expect(await metric(service, 'gradcam_run_pictures_count{model="one"}')).toBe(1 + Math.ceil(29 / 8));
  for (const shade of [0, 7, 29]) {
    const [alone = []] = await predict('two', [shades[shade]]);
    // Kernels for several pictures add in another order: float32.
    for (const [index, value] of alone.entries()) expect(together[shade]?.[index]).toBeCloseTo(value, 5);
  }
});

it('work that takes too long is given up in its thread, too', async () => {
  const service = await start(['--method', 'gradcam', '--method', 'rise', '--samples', '1000000', '--workers', '1', '--timeout', '1']);
  const late = await service.ask('/v1/explain', form({ method: 'rise' }));
  expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([504, 'timeout']);
  // A million masks take longer than this test may; the one network that there is answers again once the masks at hand are through.
  let answer: Response;
  do answer = await service.ask('/v1/explain', form());
  while (answer.status === 504);
  expect(answer.status).toBe(200);
});

it('SIGTERM: what has begun is answered, nothing new is taken, and it ends', async () => {
  const service = await start(['--method', 'rise', '--samples', '300']);
  const answer = service.ask('/v1/explain', form());
  while ((await metric(service, 'gradcam_pictures')) === 0) await sleep(5);
  const ended = stopService(service);
  expect((await answer).status).toBe(200);
  expect(await ended).toMatchObject({ status: 143, err: expect.stringContaining('gradcam: serving everyday until Ctrl-C') });
  await expect(service.ask('/healthz')).rejects.toThrow();
});

it('a token is taken from the environment, and is worth the name', async () => {
  const { ask } = await start([], { GRADCAM_TOKEN: 'correct-horse-battery' });
  expect((await ask('/v1/models')).status).toBe(401);
  expect((await ask('/v1/models', { headers: { Authorization: 'Bearer correct-horse-battery' } })).status).toBe(200);
  await expect(startService([], { GRADCAM_TOKEN: 'short' })).rejects.toThrow('GRADCAM_TOKEN has 5 characters; expected 16 at least');
});

it.each([
  [['--model', 'a=missing.onnx'], "'missing.onnx'"],
  [['--model', MODEL, '--model', MODEL], "two models are called 'everyday-int8'; give them names: --model NAME="],
  [['--model', `a=${MODEL}`, '--model', `b=${MODEL}`, '--labels', 'x.txt'], '--labels are those of one model'],
  [['--host', '203.0.113.7'], "'203.0.113.7' is no address of this machine"],
])('%j: one line, before anything listens', async (argv, words) => {
  await expect(startService(argv)).rejects.toThrow(words);
});

it('a port that is taken: one line', async () => {
  const { url } = await start();
  await expect(startService(['--port', new URL(url).port])).rejects.toThrow(`port ${new URL(url).port} is taken by another program`);
});
