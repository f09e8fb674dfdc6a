import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultsOf, startBatch, writePictures } from './support/batch.js';
import { Collector, type ReceivedSpan } from './support/otlp.js';
import { hasRedis, RedisServer, startProducer, startWorker } from './support/queue.js';

/** What a collector hears of a run on a queue, one picture of which is damaged. */
const PICTURES = 30;

let folder: string;
let collector: Collector;
let redis: RedisServer;
const at = (name: string) => join(folder, name);
const named = (name: string): ReceivedSpan[] => collector.spans.filter((span) => span.name === name);
const parentOf = ({ traceId, parentSpanId }: ReceivedSpan) =>
  collector.spans.find((span) => span.spanId === parentSpanId && span.traceId === traceId);

describe.skipIf(!hasRedis())('telemetry (skipped where redis-server is not installed)', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gradcam-telemetry-'));
    await writePictures(at('photos'), PICTURES);
    writeFileSync(at('photos/damaged.jpg'), 'no picture');
    redis = await RedisServer.start(at('redis'));
    redis.ask('config', 'set', 'requirepass', 'hunter2');
    collector = await Collector.start();
    Object.assign(process.env, collector.environment);
    const url = redis.url.replace('//', '//:hunter2@');
    const producer = startProducer(url, at('photos'), at('results'));
    const worker = startWorker(url, folder);
    const { status, err } = await producer.ended;
    expect({ status, err }).toMatchObject({ status: 0 });
    worker.process.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ status: 0 });
    for (const name of Object.keys(collector.environment)) delete process.env[name];
  });
  afterAll(async () => {
    await redis.stop();
    await collector.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('traces: from the producer through the queue to each stage of each picture', () => {
    const [sent, processed, pictures] = [named('send gradcam'), named('process gradcam'), named('picture')];
    expect(sent.length).toBeGreaterThan(1);
    expect(processed.length).toBe(sent.length);
    expect(new Set(sent.map(({ traceId }) => traceId)).size).toBe(sent.length);
    // 4: a producer; 5: a consumer, whose parent is in another process.
    expect(sent.every(({ kind, service, parentSpanId }) => kind === 4 && service === 'gradcam-batch' && parentSpanId === undefined)).toBe(
      true,
    );
    for (const span of processed) {
      expect(span).toMatchObject({ kind: 5, service: 'gradcam-worker', attributes: { 'messaging.destination.name': 'gradcam' } });
      expect(parentOf(span)?.name).toBe('send gradcam');
    }
    expect(pictures.map(({ attributes }) => attributes['gradcam.image']).sort()).toHaveLength(PICTURES + 1);
    expect(pictures.every((span) => parentOf(span)?.name === 'process gradcam')).toBe(true);
    // 2: an error.
    expect(pictures.filter(({ status }) => status === 2).map(({ attributes }) => attributes['gradcam.image'])).toEqual([
      at('photos/damaged.jpg'),
    ]);
    for (const [stage, count] of [
      ['read', PICTURES + 1],
      ['explain', PICTURES],
      ['draw', PICTURES],
    ] as const) {
      const spans = named(stage);
      expect(spans.length).toBe(count);
      expect(
        spans.every((span) => parentOf(span)?.name === 'picture' && span.seconds > 0 && span.seconds <= (parentOf(span)?.seconds ?? 0)),
      ).toBe(true);
    }
  });

  it('metrics: images, errors, seconds by stage, and the depth of the queue', async () => {
    const latest = (metric: string, attributes = {}) => collector.latest('gradcam-worker', metric, attributes);
    expect(latest('gradcam.images')).toMatchObject({ value: PICTURES + 1, unit: '{image}' });
    expect(latest('gradcam.image.errors')).toMatchObject({ value: 1 });
    const spent = (stage: string) => named(stage).reduce((sum, { seconds }) => sum + seconds, 0);
    for (const [stage, count] of [
      ['read', PICTURES + 1],
      ['explain', PICTURES],
      ['draw', PICTURES],
    ] as const) {
      const point = latest('gradcam.stage.duration', { 'gradcam.stage': stage });
      expect(point).toMatchObject({ count, unit: 's' });
      expect(point?.value).toBeCloseTo(spent(stage), 3);
    }
    expect(latest('messaging.process.duration')?.count).toBe(named('process gradcam').length);
    const depths = collector.points.filter(({ metric }) => metric === 'gradcam.queue.chunks');
    expect(new Set(depths.map(({ attributes }) => attributes['gradcam.chunk.state']))).toEqual(
      new Set(['waiting', 'active', 'delayed', 'failed']),
    );
    expect(
      Math.max(...depths.filter(({ attributes }) => attributes['gradcam.chunk.state'] === 'active').map(({ value }) => value)),
    ).toBeGreaterThan(0);
    // Nobody learns the queue's password from it.
    expect(collector.text).not.toContain('hunter2');
  });

  it('changes nothing of the results', async () => {
    expect((await startBatch(at('photos'), at('local')).ended).status).toBe(0);
    expect((await resultsOf(at('results'))).rows).toEqual((await resultsOf(at('local'))).rows);
  });
});
