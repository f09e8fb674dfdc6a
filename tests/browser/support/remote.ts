import { GradcamError, type Runtime, type Session, type SessionOptions, type Tensor } from '@gradcam/core';
import type { WebDevice, WebRuntimeOptions } from '@gradcam/web';
import type { Page } from 'playwright-core';
import type { Failure } from '../pages/runtime/worker.js';

/** What the page of `pages/runtime` has started. */
export interface RemoteRuntime extends Runtime {
  readonly device: WebDevice;
  readonly threads: number;
}

/**
 * The runtime of `@gradcam/web` in a worker of a page, as if it were here: what is tested in Node.js is tested in the browser by
 * the same lines.
 */
export async function remoteRuntime(page: Page, options: WebRuntimeOptions): Promise<RemoteRuntime> {
  await page.waitForFunction(() => globalThis.remote !== undefined);
  const started = answered(await page.evaluate((asked) => globalThis.remote.start(asked), options));
  return {
    ...started,
    open: async (model, session = {}) => open(page, model, session),
  };
}

async function open(page: Page, model: Uint8Array, { externalData, ...options }: SessionOptions): Promise<Session> {
  // Maps do not cross.
  const asked = { model, options, files: [...(externalData ?? [])] };
  const { id, inputs, outputs } = answered(
    await page.evaluate(
      ({ model, options, files }) =>
        globalThis.remote.open(model, { ...options, ...(files.length > 0 && { externalData: new Map(files) }) }),
      asked,
    ),
  );
  return {
    inputs,
    outputs,
    async run(feeds, fetches) {
      const question = { id, feeds: feeds as Record<string, Tensor>, fetches: fetches && [...fetches] };
      const result = answered(await page.evaluate(({ id, feeds, fetches }) => globalThis.remote.run(id, feeds, fetches), question));
      if (result === undefined) throw new RangeError(`no session ${id}`);
      return result;
    },
    close: async () => answered(await page.evaluate((id) => globalThis.remote.close(id), id)),
  };
}

function answered<T>(answer: T | Failure): T {
  if (typeof answer === 'object' && answer !== null && 'failure' in answer)
    throw new GradcamError(answer.failure.code as GradcamError['code'], answer.failure.message);
  return answer as T;
}
