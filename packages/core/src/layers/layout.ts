import { dimensionOf, productOf } from 'onnx-grad';
import type { ImageInput } from '../model/input.js';
import type { Dimension } from '../runtime/runtime.js';
import { type Axes, hasTokens, holds, inputAxes, isKnown, isSpatial, type Part, type Role } from './axes.js';

/**
 * How a value holds a map of the picture: which axis, or which part of one, counts images, channels, rows and columns. Channels first, channels last, tokens
 * with or without class tokens, and patches that are folded into the batch are all of this one form.
 */
export interface Layout {
  readonly axes: Axes;
  readonly channels: Dimension;
  readonly grid: readonly [rows: Dimension, columns: Dimension];
}

/** A value of the graph that holds a map of the picture. */
export interface Place {
  readonly name: string;
  readonly layout: Layout;
}

/** The layout of a value by what its axes hold; undefined where it is no map of the picture with channels and more than one position. */
export function layoutOf(axes: Axes | undefined): Layout | undefined {
  if (axes === undefined || !axes.every(isKnown)) return undefined;
  const parts = axes.flatMap((axis) => axis.parts);
  const [channels, ...more] = axes.filter((axis) => axis.parts.some(({ of }) => of === 'channels'));
  if (channels === undefined || more.length > 0 || !holds(channels, 'channels')) return undefined;
  // The batch comes first, whatever is folded into it, so that a cotangent can have any number of rows.
  if (axes[0]?.parts[0]?.of !== 'images' || parts.filter(({ of }) => of === 'images').length > 1) return undefined;
  if (axes.some((axis) => hasTokens(axis) && !isSpatial(axis))) return undefined;
  const [rows, columns] = [side(parts, 'rows'), side(parts, 'columns')];
  if (rows === undefined || columns === undefined || (rows === 1 && columns === 1)) return undefined;
  return { axes, channels: sizeOfAll(channels.parts), grid: [rows, columns] };
}

/** The layout of the model's own input. */
export function inputLayout(input: ImageInput): Layout {
  return { axes: inputAxes(input), channels: input.channels, grid: [input.height, input.width] };
}

/** Parts of one side of the picture, outermost first. */
export function sideParts(parts: readonly Part[], of: Role): Part[] {
  return parts.filter((part) => part.of === of).sort((one, other) => other.step - one.step);
}

/** The size of a side; undefined where its parts do not make up a whole one. */
function side(all: readonly Part[], of: Role): Dimension | undefined {
  const parts = sideParts(all, of);
  let step = 1;
  for (const part of parts.toReversed()) {
    if (part.step !== step) return undefined;
    step *= Number(part.size);
  }
  return sizeOfAll(parts);
}

function sizeOfAll(parts: readonly Part[]): Dimension {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only.size;
  const size = productOf(parts.map((part) => part.size));
  return size === undefined ? '' : dimensionOf(size);
}

const LETTERS: Readonly<Record<Role, string>> = { images: 'N', channels: 'C', rows: 'H', columns: 'W', unknown: '?' };

/** How lists write a layout: NCHW, NHWC, N(HW)C for tokens, N(1+HW)C with a class token, (NHW)(HW)C with patches in the batch. */
export function layoutText({ axes }: Layout): string {
  return axes
    .map(({ parts, before, after }) => {
      const letters = parts.map(({ of }) => LETTERS[of]).join('') || '1';
      const terms = [...(before > 0 ? [before] : []), letters, ...(after > 0 ? [after] : [])].join('+');
      return terms.length > 1 ? `(${terms})` : terms;
    })
    .join('');
}
