import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sources } from '../../vitest.config.js';
import { complaints, hasChromium, launch } from './support/chromium.js';
import { ISOLATION, type Served, serve } from './support/serve.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe.skipIf(!hasChromium)('examples', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradcam-examples-'));
    browser = await launch();
    await build({
      root: join(root, 'examples/vite'),
      configFile: join(root, 'examples/vite/vite.config.ts'),
      logLevel: 'error',
      resolve: { alias: sources },
      build: { outDir: join(folder, 'vite'), emptyOutDir: true },
    });
    await build({
      configFile: join(root, 'packages/web/vite.config.ts'),
      logLevel: 'error',
      build: { outDir: join(folder, 'browser'), emptyOutDir: true },
    });
  });
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it.each([
    ['vite', ISOLATION],
    ['vite', {}],
    ['plain', ISOLATION],
    ['plain', {}],
  ])('%s shows a heatmap at once, and of what is dropped or clicked (headers %o)', async (name, headers) => {
    const served: Served =
      name === 'vite'
        ? await serve({ '/': join(folder, 'vite') }, headers)
        : await serve({ '/': root, '/node_modules/@gradcam/web/dist/browser/': join(folder, 'browser') }, headers);
    const page = await browser.newPage();
    const heard = complaints(page);
    try {
      await page.goto(`${served.url}${name === 'plain' ? 'examples/plain/' : ''}`);
      await page.getByRole('button', { name: /^truck/ }).waitFor();
      expect(await page.getByRole('listitem').first().textContent()).toMatch(/^truck 7\d %$/);
      const first = await pixels(page);

      await page.getByRole('button', { name: /^airplane/ }).click();
      await page.getByRole('img', { name: /airplane/ }).waitFor();
      expect(await page.getByRole('button', { name: /^airplane/ }).getAttribute('aria-pressed')).toBe('true');
      expect(await pixels(page)).not.toBe(first);

      await page.locator('input[type=file]').setInputFiles(join(root, 'models/everyday/examples/ship.svg'));
      await page.getByRole('status').filter({ hasText: 'Why ship' }).waitFor();
      expect(heard).toEqual([]);
    } finally {
      await page.close();
      served.close();
    }
  });
});

function pixels(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector('canvas')?.toDataURL() ?? '');
}
