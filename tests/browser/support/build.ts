import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { sources } from '../../../vitest.config.js';

/** Builds a page of `tests/browser/pages` on the sources of the packages, as Vite does without any configuration. @returns the folder of the built page */
export async function buildPage(name: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'gradcam-page-'));
  await build({
    root: fileURLToPath(new URL(`../pages/${name}`, import.meta.url)),
    configFile: false,
    base: './',
    logLevel: 'error',
    resolve: { alias: sources },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 1000 },
  });
  return outDir;
}
