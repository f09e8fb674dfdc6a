import { rm } from 'node:fs/promises';
import type { WebRuntimeOptions } from '@gradcam/web';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { buildPage } from './build.js';
import { launch, WEBGPU_FLAGS } from './chromium.js';
import { type RemoteRuntime, remoteRuntime } from './remote.js';
import { type Served, serve } from './serve.js';

/** Starts runtimes of `@gradcam/web`, each in a page of its own, for the tests of a file. */
export function runtimePages(): (options: WebRuntimeOptions) => Promise<RemoteRuntime> {
  let browser: Browser;
  let folder: string;
  let server: Served;
  beforeAll(async () => {
    folder = await buildPage('runtime');
    [browser, server] = await Promise.all([launch(WEBGPU_FLAGS), serve({ '/': folder })]);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  return async (options) => {
    const page = await browser.newPage();
    await page.goto(server.url);
    return remoteRuntime(page, options);
  };
}
