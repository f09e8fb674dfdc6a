import { accessSync, constants, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { imageExtension, imageExtensions } from '@gradcam/node';
import { UsageError } from '../errors.js';

/** Where outputs of one kind go: one file, or a folder in which they get names. */
export type Target = { readonly file: string } | { readonly folder: string };

/** What a path option means, known once the number of outputs is. */
export interface TargetQuestion {
  readonly option: string;
  readonly path: string;
  /** Whether there is more than one output, and what there are several of: `images`. */
  readonly several: boolean;
  /** Pictures need an extension that says their format; arrays are written to whatever name they are given. */
  readonly picture: boolean;
}

/**
 * The target of an option. A path that ends in a slash, that is a folder, or that has no extension for a picture, is a
 * folder; and so is every path where there are several outputs.
 *
 * @throws GradcamError `not-writable`, before any work is done; UsageError for the name of one picture where there are several
 */
export function findTarget({ option, path, several, picture }: TargetQuestion): Target {
  const existing = statOf(path);
  const isFolder = /[/\\]$/.test(path) || existing?.isDirectory() === true || (picture && extname(path) === '' && existing === undefined);
  if (several || isFolder) {
    if (existing !== undefined && !existing.isDirectory())
      throw new GradcamError('not-writable', `expected a folder for ${option}, since there are several outputs, but '${path}' is a file`);
    if (picture && existing === undefined && imageExtensions.includes(extname(path).toLowerCase()))
      throw new UsageError(`${option} '${path}' names one picture, but there are several; give a folder`);
    requireWritable(path, option);
    return { folder: path };
  }
  if (picture) imageExtension(path);
  const folder = dirname(path);
  if (statOf(folder)?.isDirectory() !== true)
    throw new GradcamError('not-writable', `${option} '${path}' cannot be written: there is no folder '${folder}'; create it first`);
  requireWritable(folder, option);
  return { file: path };
}

/** The file of an option that can name no folder. @param example a name to give instead @throws as {@link findTarget} does */
export function findFile(question: Omit<TargetQuestion, 'several'>, example: string): string {
  const target = findTarget({ ...question, several: false });
  if ('file' in target) return target.file;
  throw new UsageError(`${question.option} '${question.path}' is a folder; give the name of a file, such as ${example}`);
}

/** The folder, or the nearest one above it that is there, must be a folder that can be written to. */
function requireWritable(path: string, option: string): void {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const stats = statOf(folder);
    if (stats === undefined && folder !== dirname(folder)) continue;
    if (stats?.isDirectory() !== true)
      throw new GradcamError('not-writable', `${option} '${path}' cannot be written: '${folder}' is not a folder; choose another place`);
    try {
      accessSync(folder, constants.W_OK);
      return;
    } catch (error) {
      throw new GradcamError(
        'not-writable',
        `${option} '${path}' cannot be written: nothing may be written in '${folder}'; choose another place`,
        {
          cause: error,
        },
      );
    }
  }
}

/** A path below a file is ENOTDIR to the system; to us it is not there. */
function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
