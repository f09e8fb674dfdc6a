import { dimensionOf, productOf, sizeOf, times } from 'onnx-grad';
import type { ImageInput } from '../model/input.js';
import type { Dimension } from '../runtime/runtime.js';

/** What an index counts: images of the batch, channels, rows or columns of the picture; or nobody knows what. */
export type Role = 'images' | 'channels' | 'rows' | 'columns' | 'unknown';

/** One factor of an axis: a Reshape may merge several into one axis, or split one over several. */
export interface Part {
  readonly of: Role;
  readonly size: Dimension;
  /** How many rows (columns) lie between two indices: the outer part of rows that were split into windows of 7 has step 7. */
  readonly step: number;
  /** A value and its axis that has this size, for sizes known only at run time. */
  readonly at?: readonly [value: string, axis: number];
}

/** What an axis of a value holds, outermost part first. No parts: size 1. */
export interface Axis {
  readonly parts: readonly Part[];
  /** Tokens before and after those of the picture: class, distillation and register tokens. */
  readonly before: number;
  readonly after: number;
}

/** What each axis of a value holds. */
export type Axes = readonly Axis[];

/** An axis of one part, or of none where its size is 1. */
export function axisOf(of: Role, size: Dimension, at?: Part['at']): Axis {
  return plain(size === 1 ? [] : [{ of, size, step: 1, ...(at === undefined ? {} : { at }) }]);
}

/** An axis of one part that is there even where its size is 1: a cotangent may have more rows than a batch of one. */
export function whole(of: Role, size: Dimension): Axis {
  return plain([{ of, size, step: 1 }]);
}

export function plain(parts: readonly Part[]): Axis {
  return { parts, before: 0, after: 0 };
}

/** The model's own input. */
export function inputAxes({ name, layout, batch, channels, height, width }: ImageInput): Axes {
  const images = whole('images', batch);
  const held = whole('channels', channels);
  const picture = (first: number) => [axisOf('rows', height, [name, first]), axisOf('columns', width, [name, first + 1])];
  return layout === 'NCHW' ? [images, held, ...picture(2)] : [images, ...picture(1), held];
}

/** Whether all that an axis holds has this role. */
export function holds({ parts, before, after }: Axis, role: Role): boolean {
  return parts.length > 0 && parts.every(({ of }) => of === role) && before + after === 0;
}

/** Whether an axis tells positions of the picture apart. */
export function isSpatial({ parts }: Axis): boolean {
  return parts.some(({ of }) => of === 'rows' || of === 'columns');
}

export function isKnown({ parts }: Axis): boolean {
  return parts.every(({ of }) => of !== 'unknown');
}

/** Whether an axis has tokens beside those of the picture. */
export function hasTokens({ before, after }: Axis): boolean {
  return before + after > 0;
}

/** Neighbouring parts of one role that were one before are one again. */
export function merged(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    const [outer, inner] = [last && sizeOf(last.size), sizeOf(part.size)];
    const adjacent = last?.of === part.of && (part.of === 'channels' || last.step === part.step * Number(part.size));
    if (last !== undefined && adjacent && outer !== undefined && inner !== undefined)
      result[result.length - 1] = { of: part.of, size: dimensionOf(times(outer, inner)), step: part.step };
    else result.push(part);
  }
  return result;
}

/** How many tokens of the picture an axis holds, where that is a number. */
export function pictureTokens({ parts }: Axis): number | undefined {
  const size = productOf(parts.map((part) => part.size));
  return size === undefined || size.symbols.length > 0 ? undefined : size.count;
}
