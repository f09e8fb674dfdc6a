import type { Result } from '@gradcam/jobs';
import {
  type Attributes,
  context,
  type HrTime,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { instruments, SCOPE } from './metrics.js';
import type { StageTime } from './stages.js';

/** What of a trace travels with a chunk: W3C's traceparent and tracestate. */
export type Carrier = Readonly<Record<string, string>>;

/** A chunk, as its spans tell of it. */
interface Sent {
  readonly id: string;
  readonly images: number;
}

const SYSTEM = { 'messaging.system': 'bullmq', 'messaging.destination.name': 'gradcam' } as const;

const attributesOf = ({ id, images }: Sent, operation: string): Attributes => ({
  ...SYSTEM,
  'messaging.operation.name': operation,
  'messaging.operation.type': operation,
  'messaging.message.id': id,
  'gradcam.chunk.images': images,
});

/**
 * Begins the trace of a chunk, where the producer puts it. Each has a trace of its own: one of a run of millions could neither be sampled nor shown.
 *
 * @returns undefined where there are no traces
 */
export function sendChunk(sent: Sent): Carrier | undefined {
  const options = { kind: SpanKind.PRODUCER, root: true, attributes: attributesOf(sent, 'send') };
  const span = trace.getTracer(SCOPE).startSpan('send gradcam', options);
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier);
  span.end();
  return Object.keys(carrier).length === 0 ? undefined : carrier;
}

/** Works on a chunk, in the trace that its producer began. */
export function processChunk<T>(sent: Sent, carrier: Carrier | undefined, work: () => Promise<T>): Promise<T> {
  const parent = propagation.extract(ROOT_CONTEXT, carrier ?? {});
  const options = { kind: SpanKind.CONSUMER, attributes: attributesOf(sent, 'process') };
  const begin = performance.now();
  return trace.getTracer(SCOPE).startActiveSpan('process gradcam', options, parent, async (span) => {
    let failure: Attributes = {};
    try {
      return await work();
    } catch (error) {
      failure = fail(span, error);
      throw error;
    } finally {
      span.end();
      instruments().chunk.record((performance.now() - begin) / 1000, { ...SYSTEM, 'messaging.operation.name': 'process', ...failure });
    }
  });
}

/** A picture's result, and when its stages were. */
export interface Timed {
  readonly result: Result;
  readonly times: readonly StageTime[];
}

/** Works on a picture of the chunk at hand. Its stages are in another process, which tells when they were. */
export function processPicture(image: string, work: () => Promise<Timed>): Promise<Result> {
  const tracer = trace.getTracer(SCOPE);
  return tracer.startActiveSpan('picture', { attributes: { 'gradcam.image': image } }, async (span) => {
    try {
      const { result, times } = await work();
      for (const { stage, begin, end, failed } of times) {
        const one = tracer.startSpan(stage, { startTime: preciseTime(begin) }, context.active());
        if (failed) one.setStatus({ code: SpanStatusCode.ERROR });
        one.end(preciseTime(end));
        instruments().stage.record((end - begin) / 1000, { 'gradcam.stage': stage });
      }
      countPicture(result);
      const error = result.rows.find((row) => row.error !== null)?.error;
      if (typeof error === 'string') span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      return result;
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

function countPicture({ rows }: Result): void {
  const { images, errors } = instruments();
  images.add(1);
  if (rows.some(({ error }) => error !== null)) errors.add(1);
}

function fail(span: Span, error: unknown): Attributes {
  const [type, message] = error instanceof Error ? [error.name, error.message] : ['Error', String(error)];
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  return { 'error.type': type };
}

/** Milliseconds since 1970, with their fractions, in seconds and nanoseconds. */
function preciseTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - 1000 * seconds) * 1e6)];
}
