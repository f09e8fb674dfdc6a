import { isLoopback, listen } from '@gradcam/node';
import type { Engine, EngineOptions } from './engine/engine.js';
import { openEngine } from './engine/threads.js';
import { Admission } from './http/admission.js';
import { createApp } from './http/app.js';
import { Bodies } from './http/bodies.js';
import { createHttpServer, stop } from './http/server.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { Metrics } from './metrics/metrics.js';
import type { ServedModel } from './served.js';
import { Service } from './service.js';

/** How a service is run. */
export interface ServeOptions {
  /** The first is asked where a request names none. */
  readonly models: readonly ServedModel[];
  /** Default 127.0.0.1: this machine alone. */
  readonly host?: string;
  /** Default: any that is free. */
  readonly port?: number;
  readonly limits?: Partial<Limits>;
  readonly threads?: Pick<EngineOptions, 'networks' | 'pictures'>;
  /** What requests must bear; undefined: nothing. */
  readonly token?: string | undefined;
  /** For the OpenAPI document. */
  readonly version: string;
  /** Told what went wrong that is no request's fault. */
  readonly log?: (line: string) => void;
  /** What computes; default: threads. */
  readonly engine?: (models: readonly ServedModel[], options: EngineOptions) => Promise<Engine>;
}

/** A service that runs. */
export interface Served {
  /** `http://127.0.0.1:8080/` */
  readonly url: string;
  /** Takes nothing new, ends what it has begun, and closes. */
  close(): Promise<void>;
}

/** Opens the models and answers requests for them. @throws GradcamError where a model cannot be opened, or the port is taken */
export async function serve(options: ServeOptions): Promise<Served> {
  const { models, host = '127.0.0.1', port = 0, version, token, log = () => undefined } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = new Metrics();
  const observe = metrics.ran.bind(metrics);
  const { networks, pictures } = { networks: 1, pictures: 1, ...options.threads };
  const engine = await (options.engine ?? openEngine)(models, { networks, pictures, batch: limits.batch, observe });
  const bodies = new Bodies(limits.body);
  const admission = new Admission(limits.queue);
  const service = new Service(models, engine, admission, limits);
  metrics.gauge('gradcam_pictures', 'Pictures that wait or are worked on', () => admission.inside);
  metrics.gauge('gradcam_body_bytes', 'Bodies of requests in memory', () => bodies.held);
  const waiting = (name: string) => engine.waiting(service.model(name));
  metrics.gaugeOfModels(
    'gradcam_waiting_pictures',
    'Pictures that wait for a network',
    models.map(({ name }) => name),
    waiting,
  );
  let stopping = false;
  const app = createApp({
    service,
    bodies,
    metrics,
    version,
    token,
    loopback: isLoopback(host) && token === undefined,
    stopping: () => stopping,
    log,
  });
  const server = createHttpServer(app, limits.receiveSeconds);
  try {
    const url = await listen(server, host, port);
    const close = async () => {
      stopping = true;
      await stop(server, limits.seconds);
      await engine.close();
    };
    return { url, close };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
