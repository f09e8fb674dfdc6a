import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { explain } from '../api/explain.js';
import { answerCall, statusOf } from '../api/kserve.js';
import { openApi } from '../api/openapi.js';
import { Problem, problemOf } from '../errors.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Service } from '../service.js';
import type { Bodies } from './bodies.js';
import { bearer, sameSite, securityHeaders } from './guard.js';
import { problemAnswer } from './problem.js';

/** What the addresses of a service need. */
export interface AppOptions {
  readonly service: Service;
  readonly bodies: Bodies;
  readonly metrics: Metrics;
  /** Of this package, for the document. */
  readonly version: string;
  /** Undefined: whoever reaches the service may ask it. */
  readonly token: string | undefined;
  /** Whether only this machine reaches it. */
  readonly loopback: boolean;
  /** Whether it is to stop. */
  readonly stopping: () => boolean;
  /** Told of what is nobody's fault who asks. */
  readonly log: (line: string) => void;
}

/** What watches over the process knows no token. */
const OPEN: ReadonlySet<string> = new Set(['/', '/healthz']);

/** The addresses, and what each answers. */
export function createApp({ service, bodies, metrics, version, token, loopback, stopping, log }: AppOptions): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const begin = performance.now();
    await next();
    metrics.answered(routeOf(routePath(c, -1)), c.res.status, (performance.now() - begin) / 1000);
  });
  app.use(securityHeaders);
  app.use(sameSite(loopback));
  if (token !== undefined) app.use(bearer(token, OPEN));

  const health = () => {
    if (stopping()) throw new Problem(503, 'stopping', 'the service is about to stop');
  };
  app.get('/', (c) => {
    health();
    return c.json({ status: 'alive' });
  });
  app.get('/healthz', (c) => {
    health();
    return c.json({ status: 'ok' });
  });
  app.get('/metrics', async (c) => c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }));
  app.get('/openapi.json', (c) => c.json(openApi(version, service)));
  app.post('/v1/explain', (c) => explain(c, service, bodies));
  app.get('/v1/models', (c) => c.json({ models: service.models.map(({ name }) => name) }));
  app.get('/v1/models/:name', (c) => c.json(statusOf(service.model(c.req.param('name')))));
  app.post('/v1/models/:call', (c) => answerCall(c, service, bodies));

  app.notFound((c) => {
    const allowed = app.routes.find(({ path, method }) => method !== 'ALL' && path === c.req.path)?.method;
    const problem =
      allowed === undefined
        ? new Problem(404, 'unknown-path', 'there is nothing at this address; the document at /openapi.json lists those that there are')
        : new Problem(405, 'wrong-verb', `this address answers ${allowed} alone`, { Allow: allowed });
    return problemAnswer(c, problem);
  });
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status === 500) log(error.message);
    return problemAnswer(c, problem);
  });
  return app;
}

/** What is not there has no name of its own: addresses are as many as anybody makes up. */
function routeOf(path: string): string {
  return path === '/*' || path === '*' ? 'none' : path;
}
