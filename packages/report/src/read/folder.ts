import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

/** A folder of results, out of which no path leads. */
export class ResultFolder {
  private constructor(
    /** As it was given. */
    readonly path: string,
    private readonly real: string,
  ) {}

  static async open(path: string): Promise<ResultFolder> {
    return new ResultFolder(path, await realpath(path).catch(() => path));
  }

  /** The place of a file that the table names; undefined where it is not there, or outside of the folder, links included. */
  async find(name: string): Promise<string | undefined> {
    if (!isInside(name)) return undefined;
    const found = await realpath(join(this.real, name)).catch(() => undefined);
    if (found === undefined) return undefined;
    const way = relative(this.real, found);
    return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? undefined : found;
  }
}

/** Whether a path of the table stays in its folder: the tables that we write have / between names, whatever the system. */
export function isInside(name: string): boolean {
  return (
    name !== '' &&
    !name.includes('\0') &&
    !name.includes('\\') &&
    !/^[a-z]:/i.test(name) &&
    !name.startsWith('/') &&
    !name.split('/').includes('..')
  );
}
