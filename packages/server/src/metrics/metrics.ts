import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** From what an answer of a small network takes to what a slow method does, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Pictures of a run. */
const PICTURES = [1, 2, 4, 8, 16, 32, 64];

/** What /metrics tells, in Prometheus' format. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'gradcam_http_requests_total',
    help: 'Requests that were answered',
    labelNames: ['route', 'status'],
    registers: [this.#registry],
  });
  readonly #seconds = new Histogram({
    name: 'gradcam_http_request_duration_seconds',
    help: 'From the head of a request to its answer',
    labelNames: ['route'],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  readonly #pictures = new Histogram({
    name: 'gradcam_run_pictures',
    help: 'Pictures that shared a run of the network',
    labelNames: ['model'],
    buckets: PICTURES,
    registers: [this.#registry],
  });
  readonly #runs = new Histogram({
    name: 'gradcam_run_duration_seconds',
    help: 'What a run of the network and its explanation took',
    labelNames: ['model'],
    buckets: SECONDS,
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** @param route the pattern of the address, never the address itself: those are as many as anybody makes up */
  answered(route: string, status: number, seconds: number): void {
    this.#requests.inc({ route, status });
    this.#seconds.observe({ route }, seconds);
  }

  ran(model: string, pictures: number, seconds: number): void {
    this.#pictures.observe({ model }, pictures);
    this.#runs.observe({ model }, seconds);
  }

  /** A number that is asked for when the metrics are. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.#registry], collect: () => gauge.set(read()) });
  }

  /** A number of each model. */
  gaugeOfModels(name: string, help: string, models: readonly string[], read: (model: string) => number): void {
    const collect = () => {
      for (const model of models) gauge.set({ model }, read(model));
    };
    const gauge: Gauge<'model'> = new Gauge({ name, help, labelNames: ['model'], registers: [this.#registry], collect });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
