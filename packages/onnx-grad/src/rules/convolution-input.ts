import type { GraphBuilder, Value } from '../build/builder.js';
import { list } from '../graph/list.js';
import { at, extent, knownPads, type Window, windowCount } from '../graph/window.js';
import { type ConvAttributes, convWindow } from './convolution-attributes.js';
import type { VjpContext } from './rule.js';
import { transposeWindows } from './window.js';

/**
 * The gradient of a convolution with respect to x is its transpose, in the form that is cheapest for its shape: a
 * convolution again where windows are one position apart (or g can be spaced so), else ConvTranspose.
 */
export function inputGradient(c: VjpContext<ConvAttributes>): Value {
  const w = convWindow(c);
  return flippedConvolution(c, w) ?? transposeWindows(c.b, c.g, c.input(1), w, c.x, c.dims(c.x).slice(2), c.attributes.group);
}

/**
 * x[c, q] gets Σ W[o, c, i] · g[o, q + pad − i·dilation], which with j = kernel − 1 − i is a convolution of g: its kernel is W turned round, inputs
 * and outputs exchanged. It takes 0.6 to 0.8 of the time of ConvTranspose, where depthwise a fifth. Only for a weight that is stored, since
 * runtimes turn that once, when they load the model; and not where padding is wider than the window.
 */
function flippedConvolution(c: VjpContext<ConvAttributes>, w: Window): Value | undefined {
  const { b } = c;
  const weight = c.input(1);
  const stored = b.graph.initializers.has(weight) || b.graph.producer(weight)?.opType === 'Constant';
  const known = knownPads(w, c.dims(c.x).slice(2));
  const spread = stored && known !== undefined ? spaced(c, w) : undefined;
  if (spread === undefined || known === undefined) return undefined;
  const count = w.kernel.length;
  const pads = [...known.map(({ begin }) => begin), ...known.map(({ end }, axis) => end + at(spread.behind, axis))].map(
    (pad, index) => extent(w, index % count) - 1 - pad,
  );
  if (pads.some((pad) => pad < 0)) return undefined;
  const { kernel, dilations } = w;
  return b.node('Conv', [spread.g, turned(c, weight, kernel)], { kernel_shape: kernel, dilations, pads, group: c.attributes.group });
}

/** A cotangent whose positions lie as far apart as the windows that they belong to. */
interface Spaced {
  readonly g: Value;
  /** How many zeros stand behind its last position along each axis. */
  readonly behind: readonly number[];
}

/**
 * g with stride − 1 zeros behind each of its positions; undefined where that does not pay. Depthwise it does: the convolution of g with its zeros takes half
 * of the time of ConvTranspose. A transposed convolution of one tap writes the zeros, over all channels as one plane: each channel alone would take three times as long.
 */
function spaced(c: VjpContext<ConvAttributes>, w: Window): Spaced | undefined {
  const { b, g } = c;
  const { strides } = w;
  const behind = strides.map((stride) => stride - 1);
  if (behind.every((zeros) => zeros === 0)) return { g, behind };
  const { group } = c.attributes;
  const [outputs, perGroup] = c.dims(c.input(1));
  const space = c.dims(c.x).slice(2);
  const sizes = space.flatMap((size, axis) => (typeof size === 'number' ? [windowCount(w, axis, size)] : []));
  if (outputs !== group || perGroup !== 1 || group === 1 || sizes.length < space.length) return undefined;
  const plane = b.reshape(g, [0, 1, -1, ...sizes.slice(1)]);
  const one = b.constant(b.typeOf(g), [1, 1, ...strides.map(() => 1)], [1]);
  const spread = b.node('ConvTranspose', [plane, one], { strides, output_padding: behind });
  return { g: b.reshape(spread, [0, group, ...sizes.map((size, axis) => size * at(strides, axis))]), behind };
}

/** [outputs, inputs / group, …] as [inputs, outputs / group, …], reversed along the axes of space. */
function turned(c: VjpContext<ConvAttributes>, weight: Value, kernel: readonly number[]): Value {
  const { b, attributes } = c;
  const { group } = attributes;
  const [outputs = 1, perGroup = 1] = c.dims(weight).map(Number);
  const round = reversed(b, weight, kernel);
  const space = [...kernel.keys()];
  if (group === 1) return b.transpose(round, [1, 0, ...space.map((axis) => axis + 2)]);
  if (outputs === group && perGroup === 1) return round;
  const grouped = b.reshape(round, [group, outputs / group, perGroup, ...kernel]);
  return b.reshape(b.transpose(grouped, [0, 2, 1, ...space.map((axis) => axis + 3)]), [group * perGroup, outputs / group, ...kernel]);
}

function reversed(b: GraphBuilder, weight: Value, kernel: readonly number[]): Value {
  return kernel.reduce(
    (value, size, axis) => (size === 1 ? value : b.gather(value, b.ints(list(size, (index) => size - 1 - index)), axis + 2)),
    weight,
  );
}
