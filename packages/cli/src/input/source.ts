import { basename, extname } from 'node:path';
import type { RgbImage, Tensor } from '@gradcam/core';
import { parseNpy, readImage, readNpy } from '@gradcam/node';
import { UsageError } from '../errors.js';
import type { Io } from '../io.js';

/** One IMAGE of the command line. */
export interface Source {
  /** As it was given. */
  readonly name: string;
  /** What its outputs are named after. */
  readonly stem: string;
}

/** What was read of a source: a picture, or a tensor that is the network's input as it stands. */
export type Loaded = { readonly kind: 'picture'; readonly picture: RgbImage } | { readonly kind: 'tensor'; readonly tensor: Tensor };

const STANDARD_INPUT = '-';

export function toSource(name: string): Source {
  if (name === STANDARD_INPUT) return { name, stem: 'stdin' };
  const file = basename(name);
  return { name, stem: file.slice(0, file.length - extname(file).length) || file };
}

function isStandardInput({ name }: Source): boolean {
  return name === STANDARD_INPUT;
}

/** Standard input has one file, and ends. @throws UsageError */
export function requireOneInput(sources: readonly Source[]): void {
  if (sources.filter(isStandardInput).length > 1) throw new UsageError("'-' was given twice, but standard input can be read once");
}

/** @throws GradcamError `not-found`, `invalid-image`, `invalid-tensor`, `limit` */
export async function readSource(source: Source, io: Io): Promise<Loaded> {
  if (isStandardInput(source)) {
    const bytes = await io.input();
    if (isNpy(bytes)) return { kind: 'tensor', tensor: parseNpy(bytes, 'standard input') };
    return { kind: 'picture', picture: await readImage(bytes, 'standard input') };
  }
  if (extname(source.name).toLowerCase() === '.npy') return { kind: 'tensor', tensor: await readNpy(source.name) };
  return { kind: 'picture', picture: await readImage(source.name) };
}

/** Standard input has no name to tell by: a .npy file begins with \x93NUMPY. */
function isNpy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93 && Buffer.from(bytes.subarray(1, 6)).toString('latin1') === 'NUMPY';
}
