import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { isRemote } from '@gradcam/jobs';

/**
 * Where a worker may read and write. What it is to do comes out of Redis: without this, whoever can write there could have it read and write any file.
 */
export class Allowed {
  private constructor(
    private readonly folders: readonly string[],
    private readonly prefixes: readonly string[],
  ) {}

  /** @param locations folders, and s3://BUCKET/PREFIX */
  static async of(locations: readonly string[]): Promise<Allowed> {
    const folders = await Promise.all(locations.filter((location) => !isRemote(location)).map((folder) => withoutLinks(resolve(folder))));
    return new Allowed(
      folders,
      locations.filter(isRemote).map((prefix) => prefix.replace(/\/*$/, '/')),
    );
  }

  /** @param location an absolute path, or one of S3 @throws GradcamError `not-found` */
  async check(location: string): Promise<void> {
    if (isRemote(location) ? this.#allowsRemote(location) : await this.#allowsPath(location)) return;
    throw new GradcamError('not-found', `'${location}' lies outside of what this worker may use; start it with --allow and a folder above`);
  }

  #allowsRemote(location: string): boolean {
    if (location.split('/').includes('..')) return false;
    return this.prefixes.some((prefix) => `${location}/`.startsWith(prefix));
  }

  async #allowsPath(path: string): Promise<boolean> {
    if (!isAbsolute(path)) return false;
    // A link inside may lead outside.
    const real = await withoutLinks(resolve(path));
    return this.folders.some((folder) => {
      const way = relative(folder, real);
      return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way));
    });
  }
}

/** A path without links, as far as it is there. */
async function withoutLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(await withoutLinks(above), basename(path));
  }
}
