import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoCode, writingError } from '@gradcam/node';

/** What a run keeps for itself, below its results. */
export const PRIVATE = '.gradcam';

/** Below `PRIVATE`: files in the making. What is left there when a run begins is nobody's. */
export const UNFINISHED = 'unfinished';

/**
 * Writes a file of the results: under its name it is whole, or it is not there.
 *
 * Nothing waits for the disk: a killed process loses no written byte, and what a machine that lost its power has lost, the ledger sees when the run goes on.
 *
 * @param path relative to the folder of the results
 * @throws GradcamError `not-writable`
 */
export async function writeResult(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const [target, temporary] = [join(folder, path), join(folder, PRIVATE, UNFINISHED, randomUUID())];
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, target).catch(async (error: unknown) => {
      if (errnoCode(error) !== 'ENOENT') throw error;
      await mkdir(dirname(target), { recursive: true });
      await rename(temporary, target);
    });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writingError(error, target);
  }
}
