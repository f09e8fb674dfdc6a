import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writingError } from './errors.js';

/**
 * Writes a file so that nobody ever sees half of it: into a new file beside it, which then takes its name. A link is
 * followed, and what is no regular file (`/dev/stdout`, a pipe) is written to, not replaced.
 *
 * @throws GradcamError `not-writable`
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path);
    const existing = await stat(target).catch(() => undefined);
    if (existing !== undefined && !existing.isFile()) await writeFile(target, bytes);
    else await replaceFile(target, bytes, existing?.mode);
  } catch (error) {
    throw writingError(error, path);
  }
}

async function replaceFile(target: string, bytes: Uint8Array, mode: number | undefined): Promise<void> {
  // Short, since the name of the target may already be as long as names can be.
  const temporary = join(dirname(target), `.${basename(target).slice(0, 40)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      if (mode !== undefined) await file.chmod(mode & 0o777);
      await file.writeFile(bytes);
      // Else a crash of the machine could leave the new name with none of its content.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
