import { dimensionOf, isOne, ONE, over, productOf, type Size, sizeOf, times } from 'onnx-grad';
import type { Dimension } from '../runtime/runtime.js';
import { type Axes, type Axis, axisOf, hasTokens, merged, type Part, plain } from './axes.js';

/** A part on its way from one shape to another, or a whole axis with class tokens, which cannot be split. */
interface Item {
  readonly size: Size;
  readonly part?: Part;
  readonly tokens?: Axis;
}

/**
 * What the axes of a value hold after a Reshape (Flatten, Squeeze, Unsqueeze): elements stay in order, so that each new axis takes
 * the next parts, whole or their outer share, until its size is reached. What cannot be followed is unknown.
 *
 * @param from dimensions of the value before
 * @param to dimensions of the value after; one of them may be unknown
 */
export function regroup(axes: Axes, from: readonly Dimension[], to: readonly Dimension[]): Axes {
  const sizes = complete(from, to);
  const items = itemsOf(axes, from);
  let lost = items === undefined;
  return to.map((dimension, axis) => {
    const size = sizes[axis];
    const taken = lost || size === undefined ? undefined : take(items ?? [], size);
    lost ||= taken === undefined;
    if (taken === undefined) return axisOf('unknown', dimension);
    const [only] = taken;
    if (taken.length === 1 && only?.tokens !== undefined) return only.tokens;
    if (taken.some(({ tokens }) => tokens !== undefined)) return axisOf('unknown', dimension);
    return plain(merged(taken.flatMap(({ part }) => part ?? [])));
  });
}

/** The sizes after, the one that is unknown worked out from the others. */
function complete(from: readonly Dimension[], to: readonly Dimension[]): (Size | undefined)[] {
  const total = productOf(from);
  // A symbol that nothing before has (a measured size that follows the picture) does not tell what it is made of.
  const told = (size: Size | undefined) => size?.symbols.every((symbol) => total?.symbols.includes(symbol));
  const sizes = to.map(sizeOf).map((size) => (told(size) ? size : undefined));
  const known = sizes.reduce<Size>((product, size) => (size === undefined ? product : times(product, size)), ONE);
  const rest = total && over(total, known);
  const unknown = sizes.filter((size) => size === undefined).length;
  return unknown === 1 ? sizes.map((size) => size ?? rest) : sizes;
}

function itemsOf(axes: Axes, dims: readonly Dimension[]): Item[] | undefined {
  const items: Item[] = [];
  for (const [index, axis] of axes.entries()) {
    const whole: readonly [Dimension, Omit<Item, 'size'>][] = hasTokens(axis)
      ? [[dims[index] ?? '', { tokens: axis }]]
      : axis.parts.map((part) => [part.size, { part }] as const);
    for (const [dimension, item] of whole) {
      const size = sizeOf(dimension);
      if (size === undefined) return undefined;
      if (!isOne(size) || item.part?.of === 'images') items.push({ ...item, size });
    }
  }
  return items;
}

/** Takes the next items whose sizes multiply to `size`; undefined where they do not. */
function take(items: Item[], size: Size): Item[] | undefined {
  // A batch of one belongs to the axis that comes first.
  const taken = items[0] !== undefined && isOne(items[0].size) ? items.splice(0, 1) : [];
  let missing = size;
  while (!isOne(missing)) {
    const item = items.shift();
    if (item === undefined) return undefined;
    const rest = over(missing, item.size);
    if (rest !== undefined) {
      taken.push(item);
      missing = rest;
      continue;
    }
    const inner = over(item.size, missing);
    if (inner === undefined || item.part === undefined || inner.symbols.length > 0) return undefined;
    const { of, step } = item.part;
    taken.push({ size: missing, part: { of, size: dimensionOf(missing), step: step * inner.count } });
    items.unshift({ size: inner, part: { of, size: inner.count, step } });
    missing = ONE;
  }
  return taken;
}
