import { stat } from 'node:fs/promises';
import { basename, extname, isAbsolute, relative, resolve } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { fileAt, filesAt, type Item, isRemote, joinLocation } from '@gradcam/jobs';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { EXTENSIONS } from '../evaluate/items.js';
import { isManifest, type Listed, readLine, readManifest } from '../evaluate/manifest.js';

const STANDARD_INPUT = '-';

/** What is known of a source before any of its images is. */
type Source = { readonly kind: 'input' } | { readonly kind: 'pattern' | 'folder' | 'list' | 'image'; readonly path: string };

/** The images of a run. */
export interface Sources {
  /** All images, in the same order each time; names are read as they are asked for. */
  items(): AsyncGenerator<Item>;
  /** How many there are; undefined where only the end of standard input tells. */
  count(signal: AbortSignal): Promise<number | undefined>;
}

/**
 * Finds out what is meant by each source.
 *
 * @param output folder of the results, whose pictures are no images of the run
 * @throws GradcamError `not-found`; UsageError
 */
export async function findSources(names: readonly string[], output: string, root: string | undefined, io: Io): Promise<Sources> {
  const sources = await Promise.all(names.map(toSource));
  if (sources.filter(({ kind }) => kind === 'input').length > 1)
    throw new UsageError("'-' was given twice, but standard input can be read once");
  const lists = sources.some(({ kind }) => kind === 'list' || kind === 'input');
  if (root !== undefined && !lists) throw new UsageError('--root is the folder of the paths of a list, but no SOURCE is a list');
  const items = async function* () {
    for (const source of sources) yield* itemsOf(source, output, root, io);
  };
  return {
    items,
    count: async (signal) => {
      if (sources.some(({ kind }) => kind === 'input')) return undefined;
      let count = 0;
      for await (const _ of items()) {
        if (signal.aborted) return undefined;
        count++;
      }
      return count;
    },
  };
}

async function toSource(name: string): Promise<Source> {
  if (name === STANDARD_INPUT) return { kind: 'input' };
  if (isRemote(name)) return toRemoteSource(name);
  const stats = await stat(name).catch(() => undefined);
  if (stats?.isDirectory()) return { kind: 'folder', path: name };
  if (stats !== undefined) return { kind: isManifest(name) ? 'list' : 'image', path: name };
  if (isDynamicPattern(name)) return { kind: 'pattern', path: name };
  throw new GradcamError('not-found', `expected an image, a folder, a pattern or a list at '${name}', but there is nothing`);
}

/** S3 has no folders: what a name ends with says what it is. */
async function toRemoteSource(name: string): Promise<Source> {
  const kind = isManifest(name) ? 'list' : isImage(name) ? 'image' : 'folder';
  if (kind === 'folder') return { kind, path: name.replace(/\/+$/, '') };
  const [files, path] = await fileAt(name);
  if ((await files.size(path)) !== undefined) return { kind, path: name };
  const advice = isDynamicPattern(name) ? '; patterns are for files on a disk: give the prefix that images lie below' : '';
  throw new GradcamError('not-found', `expected ${kind === 'list' ? 'a list' : 'an image'} at '${name}', but there is nothing${advice}`);
}

async function* itemsOf(source: Source, output: string, root: string | undefined, io: Io): AsyncGenerator<Item> {
  if (source.kind === 'input') {
    let line = 0;
    for await (const text of io.lines()) {
      const listed = readLine(text, ++line, root ?? '', 'standard input');
      if (listed !== undefined) yield fromList(listed);
    }
    return;
  }
  const { kind, path } = source;
  if (kind === 'image') yield { image: path, place: below(path), boxes: [] };
  else if (kind === 'list') for await (const listed of readManifest(path, root)) yield fromList(listed);
  else {
    let count = 0;
    for await (const { image, place } of kind === 'folder' ? imagesBelow(path, output) : matches(path, output)) {
      count++;
      yield { image, place, boxes: [] };
    }
    if (count === 0)
      throw new GradcamError('not-found', `expected images ${kind === 'folder' ? 'below' : 'that match'} '${path}', but there are none`);
  }
}

function fromList({ image, place, class: truth, boxes, mask }: Listed): Item {
  return { image, place: below(place), boxes, ...(truth !== undefined && { truth }), ...(mask && { mask }) };
}

/** A path as it can be repeated below another folder: what lies outside of the working directory keeps its name alone. */
function below(path: string): string {
  const inside = relative('.', path);
  return isRemote(path) || isAbsolute(inside) || inside.startsWith('..') ? basename(path) : inside;
}

type Found = Pick<Item, 'image' | 'place'>;

/** Files of one pattern; more would not be one's own pictures. */
const MAX_MATCHES = 10_000_000;

async function* matches(pattern: string, output: string): AsyncGenerator<Found> {
  const found = await glob(pattern, { expandDirectories: false, absolute: isAbsolute(pattern) });
  if (found.length > MAX_MATCHES) throw new GradcamError('limit', `expected at most ${MAX_MATCHES} files that match '${pattern}'`);
  const results = resolve(output);
  for (const image of found.sort()) if (isImage(image) && !isBelow(resolve(image), results)) yield { image, place: below(image) };
}

/** All images below a folder, in the order of their paths. */
async function* imagesBelow(folder: string, output: string): AsyncGenerator<Found> {
  for await (const place of (await filesAt(folder)).list('', output))
    if (isImage(place)) yield { image: joinLocation(folder, place), place };
}

function isImage(path: string): boolean {
  return EXTENSIONS.includes(extname(path).toLowerCase());
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}
