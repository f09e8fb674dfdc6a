import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GradcamError } from '@gradcam/core';
import type { PageParts } from './html.js';

/** What `vite build` made of the folder `page`. */
const BUILT = fileURLToPath(new URL('../../dist/page', import.meta.url));

/** The page's script and style, as they were built. */
export async function readParts(folder: string = BUILT): Promise<PageParts> {
  const read = (name: string) =>
    readFile(`${folder}/${name}`, 'utf8').catch((cause: unknown) => {
      throw new GradcamError(
        'not-found',
        `expected the report's page at '${folder}/${name}', but it is not there: npm run build makes it`,
        { cause },
      );
    });
  return { script: await read('page.js'), style: await read('page.css') };
}
