import { GradcamError } from '../errors.js';
import { type Axis, hasTokens, isSpatial, type Role } from '../layers/axes.js';
import type { Place } from '../layers/layout.js';

/** What a mask has one number for. */
export type MaskShape = 'channels' | 'positions';

/** The source of elements that are kept whatever the mask. */
export const KEPT = -1;

/** How masks of channels or of positions become tensors that broadcast with a layer's feature map in its own layout. */
export interface MaskLayout {
  /** Numbers of one mask. */
  readonly length: number;
  /** The tensor of one mask: 1 along axes on which it does not depend. */
  readonly dims: readonly number[];
  /** Which number of the mask each element of that tensor is; `KEPT` for tokens beside the picture. */
  readonly source: Int32Array;
  /** Whether the tensor is the mask as it stands. */
  readonly same: boolean;
}

/**
 * @param dims of the layer's value for one picture
 * @param space channels, height and width of the feature map
 */
export function maskLayout(
  { name, layout }: Place,
  dims: readonly number[],
  shape: MaskShape,
  space: { readonly channels: number; readonly height: number; readonly width: number },
): MaskLayout {
  const depends = (axis: Axis) => (shape === 'channels' ? axis.parts.some(({ of }) => of === 'channels') : isSpatial(axis));
  // Tokens beside the picture are kept whatever the mask: their axis is there in full. So is the first, where patches are folded into it.
  const sizes = layout.axes.map((axis, index) => (depends(axis) || hasTokens(axis) || index === 0 ? (dims[index] ?? 1) : 1));
  // What the axes add up to; the outermost first.
  let source = Int32Array.of(0);
  for (const [index, size] of sizes.entries()) {
    const outer = source;
    const steps = stepsAlong(name, layout.axes[index], size, (found) =>
      shape === 'channels' ? found.channels : found.rows * space.width + found.columns,
    );
    source = new Int32Array(outer.length * size);
    for (let at = 0; at < source.length; at++) {
      const [before, step] = [outer[Math.floor(at / size)] as number, steps[at % size] as number];
      source[at] = before === KEPT || step === KEPT ? KEPT : before + step;
    }
  }
  const length = shape === 'channels' ? space.channels : space.height * space.width;
  return { length, dims: sizes, source, same: source.length === length && source.every((from, at) => from === at) };
}

/** What each index along an axis adds to the index of a number of the mask. */
function stepsAlong(
  name: string,
  axis: Axis | undefined,
  size: number,
  indexOf: (found: Readonly<Record<Role, number>>) => number,
): Int32Array {
  const steps = new Int32Array(size);
  if (axis === undefined || size === 1) return steps;
  return steps.map((_, index) => {
    const found = locate(name, axis, index, size);
    return found === undefined ? KEPT : indexOf(found);
  });
}

/** What an index along an axis means: parts of a channel, row and column; undefined for tokens beside the picture. */
function locate(name: string, { parts, before, after }: Axis, index: number, size: number): Record<Role, number> | undefined {
  if (index < before || index >= size - after) return undefined;
  const found: Record<Role, number> = { images: 0, channels: 0, rows: 0, columns: 0, unknown: 0 };
  let rest = index - before;
  for (let which = parts.length - 1; which >= 0; which--) {
    const part = parts[which];
    if (part === undefined) continue;
    // The outermost part is what the others leave; in the first axis that is the batch, of one picture here.
    if (which > 0 && typeof part.size !== 'number')
      throw new GradcamError(
        'no-layer',
        `masks for '${name}' need the number of ${part.of} folded into one of its axes, which is known only at run time; fix the size of the model's input, or choose another layer`,
      );
    const of = which === 0 ? rest : rest % Number(part.size);
    found[part.of] += of * part.step;
    rest = Math.floor(rest / Number(part.size));
  }
  return found;
}
