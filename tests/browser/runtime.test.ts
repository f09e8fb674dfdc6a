import { rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runtimeContract } from '../../packages/ort/src/testing/contract.js';
import { buildPage } from './support/build.js';
import { hasChromium, launch, WEBGPU_FLAGS } from './support/chromium.js';
import { remoteRuntime } from './support/remote.js';
import { type Served, serve } from './support/serve.js';

describe.skipIf(!hasChromium)('@gradcam/web in Chromium', () => {
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

  const open = async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    return page;
  };

  for (const options of [{ threads: 1 }, { threads: 2 }, { device: 'webgpu' }] as const) {
    runtimeContract(`webRuntime(${JSON.stringify(options)})`, async () => remoteRuntime(await open(), options));
  }

  it('takes no graphics card for one that the CPU stands in for', async () => {
    expect((await remoteRuntime(await open(), { device: 'auto' })).device).toBe('wasm');
  });
});
