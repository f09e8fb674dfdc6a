import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { isLoopback, readModelFile } from '@gradcam/node';
import type { Io } from '../../io.js';
import { findModel } from '../../model/source.js';
import { openInBrowser } from './browser.js';
import { PAGE, pageFiles } from './page.js';
import { type Served, serveFolder } from './server.js';

export interface StudioFlags {
  readonly model?: string;
  readonly port?: number;
  readonly host: string;
  readonly open: boolean;
}

/** The same port each time, so that what the browser has cached for the page is found again. */
const USUAL_PORT = 7411;

/** Serves the page until the command is told to stop. */
export async function studio(image: string | undefined, { model, port, host, open }: StudioFlags, io: Io): Promise<void> {
  const files = pageFiles();
  const search = new URLSearchParams();
  const give = (what: 'model' | 'picture', path: string, name: string) => {
    const address = `given/${what}/${encodeURIComponent(name)}`;
    files.set(`/${address}`, path);
    search.set(what, address);
  };
  if (image !== undefined) {
    if (!existsSync(image)) throw new GradcamError('not-found', `there is no picture '${image}'`);
    give('picture', image, basename(image));
  }
  if (model !== undefined) {
    const { path } = await findModel(model, io);
    // What is no model is said here, not in the page.
    await readModelFile(path);
    give('model', path, basename(path));
  }

  const served = await serve(host, port, files);
  const url = `${served.url}${search.size > 0 ? `?${search}` : ''}`;
  io.out(`${url}\n`);
  if (!isLoopback(host)) {
    io.note(
      `gradcam: whoever reaches ${host} can open this page and the files given to it; browsers give pages without https one thread and no camera`,
    );
  }
  io.note('gradcam: serving until Ctrl-C');
  if (open) openInBrowser(url);
  await stopped(io.signal);
  await served.close();
}

/** @throws GradcamError `network` */
async function serve(host: string, port: number | undefined, files: ReadonlyMap<string, string>): Promise<Served> {
  const at = (place: number) => serveFolder({ folder: PAGE, host, port: place, files });
  if (port !== undefined) return at(port);
  return at(USUAL_PORT).catch((error: unknown) => {
    if (error instanceof GradcamError && error.code === 'network') return at(0);
    throw error;
  });
}

function stopped(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
