import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Attributes = Readonly<Record<string, unknown>>;

/** A span as it was sent. */
export interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly seconds: number;
  readonly status: number;
  readonly attributes: Attributes;
  /** `service.name` */
  readonly service: unknown;
}

/** A measured number as it was last sent: a sum, a count, or the latest value. */
export interface ReceivedPoint {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly count: number;
  readonly attributes: Attributes;
  readonly service: unknown;
}

/** A collector of traces and metrics: OTLP over HTTP, as JSON. */
export class Collector {
  readonly spans: ReceivedSpan[] = [];
  /** All that came, in its order. */
  readonly points: ReceivedPoint[] = [];
  /** What came, as text. */
  text = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Collector> {
    const server = createServer();
    const collector = new Collector(server);
    server.on('request', async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const text = Buffer.concat(parts).toString();
      collector.text += text;
      if (request.url === '/v1/traces') collector.#takeSpans(JSON.parse(text));
      if (request.url === '/v1/metrics') collector.#takeMetrics(JSON.parse(text));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get environment(): Record<string, string> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRIC_EXPORT_INTERVAL: '300',
      OTEL_METRIC_EXPORT_TIMEOUT: '300',
    };
  }

  /** The latest value of a metric, of one service, with these attributes. */
  latest(service: string, metric: string, attributes: Attributes = {}): ReceivedPoint | undefined {
    return this.points.findLast(
      (point) =>
        point.service === service &&
        point.metric === metric &&
        Object.entries(attributes).every(([name, value]) => point.attributes[name] === value),
    );
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #takeSpans({ resourceSpans }: Sent): void {
    for (const { resource, scopeSpans = [] } of resourceSpans ?? [])
      for (const { spans = [] } of scopeSpans)
        for (const { attributes, startTimeUnixNano, endTimeUnixNano, status, parentSpanId, ...span } of spans)
          this.spans.push({
            ...span,
            parentSpanId: parentSpanId === '' ? undefined : parentSpanId,
            seconds: Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e9,
            status: status?.code ?? 0,
            attributes: plain(attributes),
            service: plain(resource.attributes)['service.name'],
          });
  }

  #takeMetrics({ resourceMetrics }: Sent): void {
    for (const { resource, scopeMetrics = [] } of resourceMetrics ?? [])
      for (const { metrics = [] } of scopeMetrics)
        for (const { name, unit, sum, gauge, histogram } of metrics)
          for (const point of (sum ?? gauge ?? histogram)?.dataPoints ?? [])
            this.points.push({
              metric: name,
              unit,
              value: Number(point.asInt ?? point.asDouble ?? point.sum),
              count: Number(point.count ?? 1),
              attributes: plain(point.attributes),
              service: plain(resource.attributes)['service.name'],
            });
  }
}

type Pairs = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

interface SentSpan extends Omit<ReceivedSpan, 'status' | 'seconds' | 'attributes' | 'service'> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number };
  readonly attributes: Pairs;
}

interface SentPoints {
  readonly dataPoints: readonly (Readonly<Record<'asInt' | 'asDouble' | 'sum' | 'count', unknown>> & { readonly attributes: Pairs })[];
}

interface Sent {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: Pairs };
    readonly scopeSpans?: readonly { readonly spans?: readonly SentSpan[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly resource: { readonly attributes: Pairs };
    readonly scopeMetrics?: readonly {
      readonly metrics?: readonly {
        readonly name: string;
        readonly unit: string;
        readonly sum?: SentPoints;
        readonly gauge?: SentPoints;
        readonly histogram?: SentPoints;
      }[];
    }[];
  }[];
}

function plain(pairs: Pairs = []): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));
}
