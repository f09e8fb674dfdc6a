import { type Histogram, metrics, ValueType } from '@opentelemetry/api';

/** By what these measure, to a collector. */
export const SCOPE = '@gradcam/cluster';

/** Seconds: from a decoded thumbnail to a method of minutes. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What is measured, named after OpenTelemetry's semantic conventions; nothing where no telemetry was started. */
function make() {
  const meter = metrics.getMeter(SCOPE);
  const duration = (name: string, description: string): Histogram =>
    meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: SECONDS } });
  return {
    images: meter.createCounter('gradcam.images', { description: 'Images that are done', unit: '{image}', valueType: ValueType.INT }),
    errors: meter.createCounter('gradcam.image.errors', {
      description: 'Of these, images that could not be explained: their row says why',
      unit: '{image}',
      valueType: ValueType.INT,
    }),
    stage: duration('gradcam.stage.duration', 'What a stage (read, explain, draw) of an image takes, waiting for its thread included'),
    chunk: duration('messaging.process.duration', 'What a chunk of images takes'),
    queue: meter.createObservableGauge('gradcam.queue.chunks', {
      description: 'Chunks of images in the queue, by their state',
      unit: '{chunk}',
      valueType: ValueType.INT,
    }),
  };
}

let made: ReturnType<typeof make> | undefined;

/** The instruments of this process; made when they are first used, since that is after telemetry was started. */
export function instruments(): ReturnType<typeof make> {
  made ??= make();
  return made;
}

/** Has the queue's depth reported, as often as metrics are sent. @param read the number of chunks in each state */
export function watchQueue(read: () => Promise<Readonly<Record<string, number>>>): () => void {
  const { queue } = instruments();
  const observe: Parameters<typeof queue.addCallback>[0] = async (result) => {
    // A queue that is away is told elsewhere.
    const counts = await read().catch(() => ({}));
    for (const [state, count] of Object.entries(counts)) result.observe(count, { 'gradcam.chunk.state': state });
  };
  queue.addCallback(observe);
  return () => queue.removeCallback(observe);
}
