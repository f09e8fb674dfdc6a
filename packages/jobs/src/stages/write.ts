import { filesAt } from '../files/files.js';

/**
 * Writes a file of the results: under its name it is whole, or it is not there.
 *
 * @param location of the results
 * @param path relative to it
 * @throws GradcamError `not-writable`, `network`
 */
export async function writeResult(location: string, path: string, bytes: Uint8Array): Promise<void> {
  await (await filesAt(location)).write(path, bytes);
}
