import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BatchRun, resultsOf, startBatch, startCommand, writePictures } from './support/batch.js';
import { childrenOf, chunksOf, hasRedis, ifRead, RedisServer, startProducer, startWorker, until } from './support/queue.js';

/** What a queue must bear: each of these ends with the very table and files of an undisturbed run on one machine. */
const PICTURES = 64;
const MODEL = fileURLToPath(new URL('../models/everyday/everyday-int8.onnx', import.meta.url));

const HAS_REDIS = hasRedis();
if (!HAS_REDIS) console.warn('tests of the queue are skipped: redis-server is not installed (Debian: apt-get install redis-server)');

describe.skipIf(!HAS_REDIS)('a queue', () => {
  let folder: string;
  let photos: string;
  let undisturbed: Awaited<ReturnType<typeof resultsOf>>;
  let redis: RedisServer;
  let runs: BatchRun[];
  const at = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gradcam-cluster-'));
    photos = at('photos');
    await writePictures(photos, PICTURES);
    const { status, err } = await startBatch(photos, at('undisturbed'), '--top', '2').ended;
    expect({ status, err }).toMatchObject({ status: 0 });
    undisturbed = await resultsOf(at('undisturbed'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    runs = [];
    redis = await RedisServer.start(mkdtempSync(join(folder, 'redis-')));
  });
  afterEach(async () => {
    for (const run of runs) run.process.kill('SIGKILL');
    await Promise.all(runs.map(({ ended }) => ended));
    await redis.stop();
  });

  const begun = (run: BatchRun) => {
    runs.push(run);
    return run;
  };
  const worker = (...argv: string[]) => begun(startWorker(redis.url, folder, ...argv));
  const producer = (output: string, source = photos, ...argv: string[]) =>
    begun(startProducer(redis.url, source, output, '--top', '2', ...argv));
  const command = (...argv: string[]) => begun(startCommand(...argv));

  /** Files in the making that a killed worker has left are no results: only who knows that all workers have gone could take them away. */
  async function wholeResultsOf(output: string) {
    const { files, ...tables } = await resultsOf(output);
    return { ...tables, files: Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith('.gradcam/unfinished'))) };
  }

  async function finished({ ended }: BatchRun, output: string): Promise<void> {
    const { status, err } = await ended;
    expect({ status, err }).toMatchObject({ status: 0 });
    expect(await wholeResultsOf(output)).toEqual(undisturbed);
  }

  it('two workers make the table of a run on one machine; asked again, there is nothing to do; Redis is left empty', async () => {
    const output = at('two-workers');
    const workers = [worker(), worker()];
    await finished(producer(output), output);
    const again = await producer(output).ended;
    expect(again.out).toMatch(/^64 images, 128 rows, all of them before/);
    expect(await wholeResultsOf(output)).toEqual(undisturbed);
    expect(
      redis
        .ask('keys', 'bull:gradcam:*')
        .split('\n')
        .filter((key) => /:[0-9a-f]{24}-/.test(key)),
    ).toEqual([]);

    const status = JSON.parse((await command('status', '--queue', redis.url, '--json').ended).out);
    expect(status).toMatchObject({ chunks: { waiting: 0, active: 0, delayed: 0, failed: 0 }, reasons: [] });
    expect(status.workers.length).toBe(2);
    expect(status.runs).toMatchObject([
      { folder: output, model: 'everyday', method: 'gradcam', images: 64, done: 64, errors: 0, tableMade: true },
    ]);

    // SIGTERM: a worker ends by itself, and well.
    for (const { process } of workers) process.kill('SIGTERM');
    const ends = await Promise.all(workers.map(({ ended }) => ended));
    expect(ends.map(({ status }) => status)).toEqual([0, 0]);
    const counts = ends.map(({ out }) => Number(/^(\d+) images?\n$/.exec(out)?.[1]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(PICTURES);
  });

  it('a worker killed with chunks in hand: the other takes them over', async () => {
    const output = at('killed');
    const first = worker();
    const run = producer(output);
    await until(() => chunksOf(output) >= 1);
    first.process.kill('SIGKILL');
    const left = chunksOf(output);
    worker();
    await finished(run, output);
    console.log(`${left} chunks were done when the worker was killed`);
    // Its own process for pictures does not outlive it.
    await first.ended;
  });

  it('SIGTERM with chunks in hand and no time: they are given back at once', async () => {
    const output = at('given-back');
    const first = worker('--grace', '1', '--stalled', '600');
    // Each picture takes seconds: none ends in time.
    const slow = ['--method', 'smoothgrad', '--samples', '2000', '--no-images'];
    begun(startProducer(redis.url, join(photos, '001.jpg'), output, ...slow));
    await until(() => redis.ask('llen', 'bull:gradcam:active').trim() === '1' && childrenOf(first.process).length > 0);
    const begin = Date.now();
    first.process.kill('SIGTERM');
    expect((await first.ended).status).toBe(0);
    expect(Date.now() - begin).toBeLessThan(6000);
    expect(redis.ask('llen', 'bull:gradcam:active').trim()).toBe('0');
    expect(redis.ask('llen', 'bull:gradcam:wait').trim()).toBe('1');
  });

  it.each(['with its data', 'without'])('Redis killed under load and started again %s', async (data) => {
    const output = at(`redis-${data === 'without' ? 'empty' : 'full'}`);
    for (const run of [worker(), worker()]) expect(run.process.pid).toBeDefined();
    const run = producer(output);
    await until(() => chunksOf(output) >= 2);
    await redis.kill();
    if (data === 'without') redis.forget();
    // Once nobody can help noticing; once it is back before anybody asks, with workers that go on counting what it has forgotten.
    else await sleep(1500);
    await redis.start();
    await finished(run, output);
    const { err } = await run.ended;
    if (data === 'without') expect(err).toMatch(/the queue has lost \d+ chunks of images: they are put again/);
    else expect(err).toMatch(/the queue at redis:\/\/127\.0\.0\.1:\d+ is away .*: waiting for it/);
  });

  it('two producers at once', async () => {
    const output = at('two-producers');
    const both = [producer(output), producer(output)];
    worker();
    for (const run of both) await finished(run, output);
  });

  it('a producer killed and started again; one that does not wait, and status --gather', async () => {
    const output = at('again');
    const first = producer(output);
    await until(() => Number(redis.ask('llen', 'bull:gradcam:wait')) > 0);
    first.process.kill('SIGKILL');
    worker();
    await until(() => chunksOf(output) >= 1);
    const left = await producer(output, photos, '--no-wait').ended;
    expect(left).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+ images? done before, the others are on the queue\n$/) });
    const gather = () => command('status', '--queue', redis.url, '--output', output, '--gather').ended;
    let gathered = await gather();
    while (gathered.status === 1) gathered = await gather();
    expect(gathered).toMatchObject({ status: 0, out: expect.stringContaining('128 rows in results.jsonl') });
    expect(await wholeResultsOf(output)).toEqual(undisturbed);
  });

  it('5 % damaged pictures are rows with an error, as on one machine; --retry does them again', async () => {
    const damaged = at('damaged');
    cpSync(photos, damaged, { recursive: true });
    for (const name of ['003.jpg', 'below/020.jpg', '041.jpg']) writeFileSync(join(damaged, name), 'no picture');
    const local = startBatch(damaged, at('damaged-local'), '--top', '2').ended;
    worker();
    const run = await producer(at('damaged-queue'), damaged).ended;
    expect(run.out).toContain('3 could not be explained');
    expect((await local).status).toBe(0);
    expect(await resultsOf(at('damaged-queue'))).toEqual(await resultsOf(at('damaged-local')));

    cpSync(join(photos, '041.jpg'), join(damaged, '041.jpg'));
    expect((await startBatch(damaged, at('damaged-local'), '--top', '2', '--retry').ended).status).toBe(0);
    expect((await producer(at('damaged-queue'), damaged, '--retry').ended).out).toContain('2 could not be explained');
    expect(await resultsOf(at('damaged-queue'))).toEqual(await resultsOf(at('damaged-local')));
  });

  it('a picture that never ends, and one whose process dies, are given up with the reason; all others are explained', async () => {
    const poisoned = at('poisoned');
    cpSync(photos, poisoned, { recursive: true });
    // Nobody ever writes into it.
    execFileSync('mkfifo', [join(poisoned, '010x.jpg')]);
    const sane = ({ image, overlay, map, ...row }: Readonly<Record<string, unknown>>) => row;
    const check = async (output: string, reason: string) => {
      const { rows } = await resultsOf(output);
      const [lost, ...others] = rows.filter(({ error }) => error !== null);
      expect(others).toEqual([]);
      expect(lost).toMatchObject({ image: join(poisoned, '010x.jpg'), class: null, error: `given up after 3 tries: ${reason}` });
      expect(rows.filter((row) => row !== lost).map(sane)).toEqual(undisturbed.rows.map(sane));
    };
    const patient = worker('--image-timeout', '1');
    expect((await producer(at('endless'), poisoned).ended).out).toContain('1 could not be explained');
    await check(at('endless'), 'took longer than 1 s');
    patient.process.kill('SIGTERM');
    await patient.ended;

    const mortal = worker();
    const run = producer(at('deadly'), poisoned);
    // Whenever the picture is read, the process that does is killed: by a lack of memory, say.
    let over = false;
    void run.ended.then(() => {
      over = true;
    });
    while (!over) {
      ifRead(join(poisoned, '010x.jpg'), () => {
        for (const pid of childrenOf(mortal.process)) process.kill(pid, 'SIGKILL');
      });
      await sleep(20);
    }
    await check(at('deadly'), 'the worker died');
  });

  it('workers read and write where they were allowed to, and nowhere else', async () => {
    const elsewhere = at('photos/below');
    const narrow = begun(startWorker(redis.url, elsewhere));
    const output = at('refused');
    const run = producer(output);
    await until(() => redis.ask('zcard', 'bull:gradcam:delayed').trim() !== '0');
    const { out } = await command('status', '--queue', redis.url).ended;
    expect(out).toMatch(/trouble: '.*refused' lies outside of what this worker may use; start it with --allow and a folder above/);
    expect(chunksOf(output)).toBe(0);
    narrow.process.kill('SIGTERM');
    expect((await narrow.ended).err).toMatch(/a chunk waits for another try: .* lies outside/);
    // Tries wait for a second or two.
    worker();
    await finished(run, output);
    expect((await run.ended).err).toMatch(/waiting for another try: .* lies outside/);
  });

  it('a model that is not there, or is another, is waited for', async () => {
    const [model, output] = [at('net.onnx'), at('waited')];
    writeFileSync(model, readFileSync(MODEL));
    const run = producer(output, photos, '--model', model);
    await until(() => Number(redis.ask('llen', 'bull:gradcam:wait')) > 0);
    writeFileSync(model, 'another');
    const patient = worker();
    await until(() => redis.ask('zcard', 'bull:gradcam:delayed').trim() !== '0');
    writeFileSync(model, readFileSync(MODEL));
    const { status, err } = await run.ended;
    expect({ status, err }).toMatchObject({ status: 0 });
    expect((await resultsOf(output)).rows).toEqual(undisturbed.rows);
    patient.process.kill('SIGTERM');
    expect((await patient.ended).err).toMatch(
      /another try: the model '.*net\.onnx' is not the one that the run began with \(sha256 [0-9a-f]{12}…, not [0-9a-f]{12}…\)/,
    );
  });

  it('what is no chunk is refused, and hurts nobody', async () => {
    const run = worker();
    await until(() => redis.ask('exists', 'bull:gradcam:meta').trim() === '1');
    const output = at('strange');
    const hostile = {
      run: 'a'.repeat(24),
      chunk: 'b'.repeat(24),
      items: [{ image: '/etc/passwd', place: '../../x', boxes: [], key: '../x' }],
    };
    redis.ask('hset', 'bull:gradcam:evil', 'name', 'chunk', 'data', JSON.stringify(hostile), 'opts', '{}', 'timestamp', '1', 'atm', '0');
    redis.ask('lpush', 'bull:gradcam:wait', 'evil');
    redis.ask('zadd', 'bull:gradcam:marker', '0', '0');
    await finished(producer(output), output);
    expect(redis.ask('hget', 'bull:gradcam:evil', 'failedReason')).toMatch(/not a chunk at items\.0\.key/);
    expect(run.process.exitCode).toBe(null);
  });

  it('refused in one line: no Redis there, no address, a folder of a run without a queue; no password is shown', async () => {
    const last = (text: string) => text.trimEnd().split('\n').at(-1);
    const { port } = redis;
    await redis.kill();
    const away = await command('worker', '--queue', `redis://me:secret@127.0.0.1:${port}`).ended;
    expect(away).toMatchObject({ status: 1, out: '' });
    expect(away.err).toMatch(
      /^gradcam: the queue at redis:\/\/me:\*\*\*@127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED.*; is Redis or Valkey running there\?\n$/,
    );
    const wrong = await command('status', '--queue', 'http://me:secret@host').ended;
    expect([wrong.status, last(wrong.err)]).toEqual([2, expect.stringMatching(/^gradcam: expected the queue as redis:\/\/HOST:PORT/)]);
    await redis.start();
    const local = await producer(at('undisturbed')).ended;
    expect([local.status, last(local.err)]).toEqual([
      1,
      expect.stringMatching(/holds the results of a run without a queue; finish it without --queue/),
    ]);
    expect(away.err + wrong.err + local.err).not.toContain('secret');
    expect(readFileSync(join(at('undisturbed'), 'results.jsonl'), 'utf8').length).toBeGreaterThan(0);
  });
});
