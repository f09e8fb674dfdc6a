import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '@gradcam/core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ledgerLines, resultsOf, startBatch, writePictures } from './support/batch.js';
import { hasRedis, RedisServer, startProducer, startWorker } from './support/queue.js';
import { type Fault, S3Server } from './support/s3.js';

/** A run whose images, lists, masks and model lie in S3 is a run on the same files on a disk. */
const PICTURES = 40;
const MODEL = fileURLToPath(new URL('../models/everyday/everyday-int8.onnx', import.meta.url));

let folder: string;
let server: S3Server;
let fromDisk: Awaited<ReturnType<typeof resultsOf>>;
let listed: Awaited<ReturnType<typeof resultsOf>>;
let environment: Record<string, string>;
const at = (name: string) => join(folder, name);

/** What differs where pictures lie elsewhere: their paths, and the digits in names of files that tell paths apart. */
const placeless = (rows: Awaited<ReturnType<typeof resultsOf>>['rows']) =>
  rows.map(({ image, overlay, ...row }) => ({
    ...row,
    image: String(image).replace(/^.*photos\//, ''),
    overlay: String(overlay).replace(/-[0-9a-f]{8}/, ''),
  }));
const s3 = (source: string, output: string, ...argv: string[]) => startBatch(source, at(output), ...argv);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gradcam-s3-'));
  server = await S3Server.start('pictures', 'models');
  environment = { ...server.environment, XDG_CACHE_HOME: at('cache') };
  const names = await writePictures(at('photos'), PICTURES);
  for (const name of names) server.objects.set(`pictures/some/photos/${name}`, readFileSync(at(`photos/${name}`)));
  server.objects.set('models/everyday.onnx', readFileSync(MODEL));
  const list = `image,class,mask\n${names.map((name, index) => `photos/${name},${index % 10},${index % 3 === 0 ? `photos/${names[0]}` : ''}`).join('\n')}\n`;
  writeFileSync(at('list.csv'), list);
  server.objects.set('pictures/some/list.csv', Buffer.from(list));
  expect(await startBatch(at('photos'), at('from-disk')).ended).toMatchObject({ status: 0 });
  fromDisk = await resultsOf(at('from-disk'));
  expect(await startBatch(at('list.csv'), at('listed-on-disk')).ended).toMatchObject({ status: 0 });
  listed = await resultsOf(at('listed-on-disk'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  server.requests.length = 0;
  server.page = 7;
  server.fault = () => undefined;
  Object.assign(process.env, environment);
  return () => {
    for (const name of Object.keys(environment)) delete process.env[name];
  };
});

it('a prefix is as a folder, and a model in S3 as one on a disk', async () => {
  const { status, err } = await s3('s3://pictures/some/photos/', 'from-s3', '--model', 's3://models/everyday.onnx', '--preprocess', 'unit')
    .ended;
  expect({ status, err }).toMatchObject({ status: 0 });
  const onDisk = await startBatch(at('photos'), at('same-model'), '--model', MODEL, '--preprocess', 'unit').ended;
  expect(onDisk.status).toBe(0);
  const [here, there] = [await resultsOf(at('from-s3')), await resultsOf(at('same-model'))];
  expect(placeless(here.rows)).toEqual(placeless(there.rows));
  expect(here.parquet).toEqual(here.rows);
  expect(here.files['maps/8x8-000.npy']).toBe(there.files['maps/8x8-000.npy']);
  // The model's bytes are in the cache, under their sha256.
  const { model } = JSON.parse(readFileSync(at('from-s3/batch.json'), 'utf8'));
  expect(readdirSync(at('cache/gradcam/models'))).toEqual([model.sha256]);
  expect(model.name).toBe('s3://models/everyday.onnx');
});

it('a list in S3 names what lies beside it, masks too', async () => {
  expect(await s3('s3://pictures/some/list.csv', 'listed-in-s3').ended).toMatchObject({ status: 0 });
  const { rows } = await resultsOf(at('listed-in-s3'));
  expect(placeless(rows)).toEqual(placeless(listed.rows));
  expect(rows.filter(({ energyInside }) => energyInside !== null).length).toBeGreaterThan(PICTURES / 4);
});

it('errors, broken answers and slow ones: the same table', async () => {
  const random = randomFrom(3);
  const faults: Fault[] = ['error', 'drop', 'truncate', 'slow'];
  let count = 0;
  server.fault = () => {
    if (random.uniform() > 0.2) return undefined;
    count++;
    return faults[Math.floor(random.uniform() * faults.length)];
  };
  const { status, err } = await s3('s3://pictures/some/photos', 'faults').ended;
  expect({ status, err }).toMatchObject({ status: 0 });
  expect(count).toBeGreaterThan(5);
  expect(placeless((await resultsOf(at('faults'))).rows)).toEqual(placeless(fromDisk.rows));
});

it('a picture that may not be read is a row; the storage away ends the run in one line, and the same command goes on', async () => {
  server.fault = ({ path }) => (path.endsWith('/007.jpg') ? 'deny' : undefined);
  expect(await s3('s3://pictures/some/photos', 'denied').ended).toMatchObject({ status: 0 });
  const { rows } = await resultsOf(at('denied'));
  expect(rows.filter(({ error }) => error !== null).map(({ image, error }) => [image, error])).toEqual([
    ['s3://pictures/some/photos/007.jpg', expect.stringMatching(/access is denied; these credentials need the rights s3:GetObject/)],
  ]);
  let reads = 0;
  server.fault = ({ path }) => (path.endsWith('.jpg') && ++reads > 15 ? 'bad-key' : undefined);
  const { status, err } = await s3('s3://pictures/some/photos', 'away').ended;
  expect(status).toBe(1);
  expect(err.trimEnd().split('\n').at(-1)).toMatch(
    /^gradcam: Expected an image at 's3:.*does not take these credentials \(InvalidAccessKeyId\)/,
  );
  expect(err).not.toMatch(/secret|\n\s+at /);
  expect(ledgerLines(at('away'))).toBeGreaterThan(5);
  server.fault = () => undefined;
  expect(await s3('s3://pictures/some/photos', 'away').ended).toMatchObject({ status: 0 });
  expect(placeless((await resultsOf(at('away'))).rows)).toEqual(placeless(fromDisk.rows));
});

it.each<[string, string[], RegExp]>([
  ['a prefix with nothing below it', ['s3://pictures/none'], /expected images below 's3:\/\/pictures\/none', but there are none/],
  ['a bucket that is not there', ['s3://nobodys/photos'], /there is no bucket 'nobodys' at 127\.0\.0\.1/],
  ['a list that is not there', ['s3://pictures/none.csv'], /expected a list at 's3:\/\/pictures\/none\.csv', but there is nothing$/],
  ['a pattern', ['s3://pictures/some/*.jpg'], /patterns are for files on a disk: give the prefix/],
  [
    'a model that is not there',
    ['s3://pictures/some/photos', '--model', 's3://models/none.onnx'],
    /Expected an ONNX model at 's3:\/\/models\/none\.onnx', but there is no such object/,
  ],
])('refused in one line: %s', async (_, [source = '', ...argv], words) => {
  const { status, err } = await s3(source, 'refused', ...argv).ended;
  expect(status).toBe(1);
  expect(err.trimEnd().split('\n').at(-1)).toMatch(words);
});

it('results in S3 are for a queue; no keys and no server are said in one line', async () => {
  const { status, err } = await startBatch(at('photos'), 's3://pictures/results').ended;
  expect(status).toBe(1);
  expect(err.trimEnd().split('\n').at(-1)).toMatch(/--queue/);
  process.env['AWS_ENDPOINT_URL'] = 'http://user:hunter2@127.0.0.1:9';
  process.env['AWS_MAX_ATTEMPTS'] = '2';
  const away = await s3('s3://pictures/some/photos', 'refused').ended;
  expect(away.err.trimEnd().split('\n').at(-1)).toMatch(/127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\); check AWS_ENDPOINT_URL/);
  expect(away.err).not.toContain('hunter2');
  delete process.env['AWS_ACCESS_KEY_ID'];
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
  const keyless = await s3('s3://pictures/some/photos', 'refused').ended;
  delete process.env['AWS_EC2_METADATA_DISABLED'];
  delete process.env['AWS_MAX_ATTEMPTS'];
  expect(keyless.err.trimEnd().split('\n').at(-1)).toMatch(
    /nobody could sign the request \(CredentialsProviderError\); set AWS_ACCESS_KEY_ID/,
  );
});

it('without the SDK: what to install; a disk needs none', async () => {
  const hooks = `export async function resolve(name, context, next) {
    if (name.startsWith('@aws-sdk/')) throw Object.assign(new Error('hidden'), { code: 'ERR_MODULE_NOT_FOUND' });
    return next(name, context);
  }`;
  const url = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
  process.env['NODE_OPTIONS'] = `--import=${url(`import { register } from 'node:module'; register(${JSON.stringify(url(hooks))});`)}`;
  try {
    const { status, err } = await s3('s3://pictures/some/photos', 'no-sdk').ended;
    expect(status).toBe(1);
    expect(err.trimEnd().split('\n').at(-1)).toBe(
      "gradcam: 's3://pictures/some/photos' needs the AWS SDK: npm install @aws-sdk/client-s3 @aws-sdk/lib-storage",
    );
    expect(await startBatch(at('photos'), at('no-sdk')).ended).toMatchObject({ status: 0 });
  } finally {
    delete process.env['NODE_OPTIONS'];
  }
});

it.skipIf(!hasRedis())(
  'images, model and results in S3, workers on a queue: the table of one machine (skipped where redis-server is not installed)',
  async () => {
    const redis = await RedisServer.start(at('redis'));
    const random = randomFrom(5);
    // Faults that pass: what is asked again is answered.
    server.fault = ({ path }) => (path.startsWith('pictures/') && random.uniform() < 0.1 ? 'error' : undefined);
    try {
      const argv = ['--model', 's3://models/everyday.onnx', '--preprocess', 'unit', '--images', 'png'];
      const worker = startWorker(redis.url, 's3://pictures', '--allow', 's3://models');
      const { status, err } = await startProducer(redis.url, 's3://pictures/some/photos', 's3://pictures/results/one', ...argv).ended;
      expect({ status, err }).toMatchObject({ status: 0 });
      worker.process.kill('SIGTERM');
      expect(await worker.ended).toMatchObject({ status: 0 });
      // As an aws s3 sync would bring it.
      const copy = at('copy');
      for (const key of server.keys('pictures').filter((key) => key.startsWith('results/one/'))) {
        const target = join(copy, key.slice('results/one/'.length));
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, server.objects.get(`pictures/${key}`) ?? '');
      }
      expect(await s3('s3://pictures/some/photos', 'local', ...argv).ended).toMatchObject({ status: 0 });
      const [queued, local] = [await resultsOf(copy), await resultsOf(at('local'))];
      expect(queued.rows).toEqual(local.rows);
      expect(queued.parquet).toEqual(local.rows);
      const files = ({ files }: typeof local) => Object.entries(files).filter(([name]) => /^(images|maps)\//.test(name));
      expect(files(queued)).toEqual(files(local));
    } finally {
      await redis.stop();
    }
  },
);
