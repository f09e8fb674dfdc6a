import { type GraphBuilder, shapeOf, type Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Part } from '../layers/axes.js';
import { type Layout, sideParts } from '../layers/layout.js';

/** The end of any axis. */
const END = 2 ** 31 - 1;

/**
 * A tensor in some layout as [rows of the batch, channels, height, width]: tokens beside the picture's are dropped, merged axes split,
 * turned, and merged again. Nothing is written for a tensor that is so already.
 *
 * @param tensor the value of the layout, or its cotangent, which may have more rows than the value
 */
export function channelsFirst(b: GraphBuilder, tensor: Value, { axes }: Layout): Value {
  const picture = axes.reduce(
    (value, { before, after }, axis) => (before + after > 0 ? b.slice(value, axis, before, after > 0 ? -after : END) : value),
    tensor,
  );
  const parts = axes.flatMap((axis) => axis.parts);
  const wanted = (['images', 'channels', 'rows', 'columns'] as const).map((role) => sideParts(parts, role));
  const perm = wanted.flat().map((part) => parts.indexOf(part));
  const split = axes.every((axis) => axis.parts.length === 1) ? picture : b.reshape(picture, shapeOf(b, parts.map(sizeOf)));
  const turned = b.transpose(split, perm);
  return wanted.every((side) => side.length === 1) ? turned : b.reshape(turned, shapeOf(b, wanted.map(sizeOfSide)));
}

type ShapePart = Parameters<typeof shapeOf>[1][number];

/** The size of a part as a Reshape takes it; the batch is what is left. */
function sizeOf({ of, size, at }: Part): ShapePart {
  if (of === 'images') return -1;
  if (typeof size === 'number') return size;
  if (at !== undefined) return [at[0], at[1], at[1] + 1];
  throw new GradcamError(
    'no-layer',
    `the number of ${of} is needed to bring a layer into [batch, channels, height, width], but it is unknown`,
  );
}

function sizeOfSide(parts: readonly Part[]): ShapePart {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return sizeOf(only);
  return parts.reduce((product, { size }) => product * Number(size), 1);
}
