import type { GraphBuilder, Value } from '../build/builder.js';
import { list } from '../graph/list.js';
import { extent, knownPads, type Window } from '../graph/window.js';
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
  const g = stored && known !== undefined ? spaced(c, w) : undefined;
  if (g === undefined || known === undefined) return undefined;
  const count = w.kernel.length;
  const pads = [...known.map(({ begin }) => begin), ...known.map(({ end }) => end)].map((pad, index) => extent(w, index % count) - 1 - pad);
  if (pads.some((pad) => pad < 0)) return undefined;
  const { kernel, dilations } = w;
  return b.node('Conv', [g, turned(c, weight, kernel)], { kernel_shape: kernel, dilations, pads, group: c.attributes.group });
}

/** Taps from which zeros between positions cost less than a depthwise ConvTranspose: with changes of layout 0.6 of its time at 5×5, at 3×3 as much. */
const MANY_TAPS = 25;

/** g with stride − 1 zeros between its positions, by a transposed convolution of one tap; undefined where that does not pay. */
function spaced(c: VjpContext<ConvAttributes>, { kernel, strides }: Window): Value | undefined {
  const { b, g } = c;
  if (strides.every((stride) => stride === 1)) return g;
  const { group } = c.attributes;
  const [outputs, perGroup] = c.dims(c.input(1));
  const taps = kernel.reduce((product, size) => product * size, 1);
  if (outputs !== group || perGroup !== 1 || group === 1 || taps < MANY_TAPS || b.opset < 8) return undefined;
  const one = b.expand(b.scalar(1, g), b.ints([group, 1, ...kernel.map(() => 1)]));
  return b.node('ConvTranspose', [g, one], { strides, group });
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
