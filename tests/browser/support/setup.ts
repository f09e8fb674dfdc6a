import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { sources } from '../../../vitest.config.js';
import { hasChromium } from './chromium.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The studio, built; '' where there is no browser to show it. */
    studio: string;
  }
}

/** Builds the studio once for all tests, on the sources of the packages, into a folder that is removed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = hasChromium ? await mkdtemp(join(tmpdir(), 'gradcam-studio-')) : '';
  if (hasChromium) {
    // Vitest says `test`, and what is built is what people get.
    const { NODE_ENV } = process.env;
    process.env['NODE_ENV'] = 'production';
    await build({
      configFile: fileURLToPath(new URL('../../../apps/studio/vite.config.ts', import.meta.url)),
      logLevel: 'error',
      resolve: { alias: sources },
      build: { outDir: folder, emptyOutDir: true },
    });
    process.env['NODE_ENV'] = NODE_ENV;
  } else console.warn('skipped: tests in the browser; there is no Chromium (name it by CHROMIUM=PATH in the environment)');
  project.provide('studio', folder);
  return async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  };
}
