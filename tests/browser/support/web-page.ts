import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { buildPage } from './build.js';
import { complaints, launch } from './chromium.js';
import { type Served, serve } from './serve.js';

/** The classifier that the command bundles, and the drawings that it is tried with, under `/models/`. */
const MODELS = fileURLToPath(new URL('../../../models/everyday', import.meta.url));

/** Pages of `@gradcam/web`: `gradcam` is all that it and `@gradcam/core` export. */
export interface WebPages {
  open(): Promise<{ readonly page: Page; readonly heard: string[] }>;
}

/** Builds and serves `pages/web` for the tests of a file. */
export function webPages(flags: readonly string[] = []): WebPages {
  let browser: Browser;
  let folder: string;
  let server: Served;
  beforeAll(async () => {
    folder = await buildPage('web');
    [browser, server] = await Promise.all([launch(flags), serve({ '/': folder, '/models/': MODELS })]);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  return {
    async open() {
      const page = await browser.newPage();
      const heard = complaints(page);
      await page.goto(server.url);
      await page.waitForFunction(() => globalThis.gradcam !== undefined);
      return { page, heard };
    },
  };
}
