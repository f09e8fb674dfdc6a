import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build, preview } from 'vite';

/** A page that runs a model plainly and with Grad-CAM. */
export interface Sides {
  times(threads: number, rounds: number): Promise<{ readonly plain: number; readonly explain: number }>;
  close(): Promise<void>;
}

/** What `bench/web/main.ts` puts there. */
declare const sides: { times(url: string, threads: number, rounds: number): Promise<{ plain: number; explain: number }> };

/** Builds the page of `bench/web`, as Vite does without any configuration, and opens it isolated, so that it may have threads. */
export async function openSides(browser: Browser, model: string): Promise<Sides> {
  const outDir = mkdtempSync(join(tmpdir(), 'gradcam-bench-web-'));
  const root = fileURLToPath(new URL('../web', import.meta.url));
  const shared = { root, configFile: false, logLevel: 'error', worker: { format: 'es' } } as const;
  await build({ ...shared, base: './', build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 1000 } });
  cpSync(model, join(outDir, 'model.onnx'));
  const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
  const server = await preview({ ...shared, build: { outDir }, preview: { host: '127.0.0.1', port: 0, headers } });
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.waitForFunction(() => typeof sides !== 'undefined');
  return {
    times: (threads, rounds) =>
      page.evaluate(([count, runs]) => sides.times(new URL('model.onnx', document.baseURI).href, count, runs), [threads, rounds] as const),
    async close() {
      await page.close();
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
