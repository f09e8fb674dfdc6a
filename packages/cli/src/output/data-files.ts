import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { writeOutput } from './write.js';

/** A file of weights that must lie beside an exported model. */
export interface DataFile {
  readonly to: string;
  readonly content: Uint8Array;
  /** Whether it is there already, with the same content. */
  readonly present: boolean;
}

/**
 * The weights that a model keeps beside it, at the place where its export will look for them.
 *
 * @throws GradcamError `not-writable` where another file has that place
 */
export async function planData(modelPath: string, outputPath: string, data: ReadonlyMap<string, Uint8Array>): Promise<DataFile[]> {
  const files: DataFile[] = [];
  const sameFolder = (await real(dirname(resolve(modelPath)))) === (await real(dirname(resolve(outputPath))));
  for (const [location, content] of data) {
    const to = join(dirname(outputPath), location);
    const existing = sameFolder ? content : await readFile(to).catch(unreadable);
    if (existing !== undefined && !sameFolder && Buffer.compare(existing, content) !== 0)
      throw new GradcamError(
        'not-writable',
        `the model's weights must lie at '${to}' beside the export, but another file is there; export to another folder`,
      );
    files.push({ to, content, present: existing !== undefined });
  }
  return files;
}

/** Nothing where no file is; what is there and cannot be read (it may be too large) is another file. */
function unreadable(error: NodeJS.ErrnoException): Uint8Array | undefined {
  return error.code === 'ENOENT' ? undefined : new Uint8Array();
}

/** Puts the weights where they belong. @returns their paths */
export async function writeData(files: readonly DataFile[]): Promise<string[]> {
  for (const { to, content, present } of files) if (!present) await writeOutput(to, content, true);
  return files.map(({ to }) => to);
}

async function real(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}
