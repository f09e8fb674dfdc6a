import type { GraphBuilder, Value } from '../build/builder.js';
import { extent, type Window, type WindowAttributes, windowAttributes, windowOf } from '../graph/window.js';
import { pointwiseEntry } from './pointwise.js';
import { type Rule, rule, type VjpContext } from './rule.js';
import { transposeWindows } from './window.js';

interface ConvAttributes {
  readonly window: WindowAttributes;
  readonly group: number;
}

/** Convolutions. W: [outputs, inputs / group, ...kernel]. */
export const convolutionRules: readonly Rule[] = [
  // y = W ⋆ x is linear in x, and its transpose is ConvTranspose with the same W, strides, dilations and pads.
  rule('Conv', {
    attributes: (a): ConvAttributes => ({ window: windowAttributes(a), group: a.int('group', 1) }),
    rows: ({ wanted }) => wanted.size === 1 && wanted.has(0),
    vjp: [
      (c) => {
        const weight = c.input(1);
        const w = windowOf(c.attributes.window, kernelOf(c, weight));
        return flippedDepthwise(c, weight, w) ?? transposeWindows(c.b, c.g, weight, w, c.x, c.dims(c.x).slice(2), c.attributes.group);
      },
    ],
    entry: (c, entry, input) => (input === 0 ? pointwiseEntry(c.b, c.node, entry) : undefined),
  }),
  // The transpose of a convolution; its own transpose is that convolution. W: [inputs, outputs / group, ...kernel].
  rule('ConvTranspose', {
    attributes: (a): ConvAttributes => {
      if (a.has('output_shape')) throw a.refuse('output_shape', 'given', 'left out: export the model with pads');
      const window = windowAttributes(a);
      if (window.autoPad.startsWith('SAME'))
        throw a.refuse('auto_pad', `'${window.autoPad}'`, 'NOTSET or VALID: export the model with pads');
      return { window, group: a.int('group', 1) };
    },
    rows: ({ wanted }) => wanted.size === 1 && wanted.has(0),
    vjp: [
      (c) => {
        const weight = c.input(1);
        const { kernel, strides, dilations, pads } = windowOf(c.attributes.window, kernelOf(c, weight));
        return c.b.node('Conv', [c.g, weight], { kernel_shape: kernel, strides, dilations, pads, group: c.attributes.group });
      },
    ],
  }),
];

/**
 * The gradient of a depthwise convolution of stride 1 as a convolution again, with the kernel flipped along every spatial
 * axis: runtimes have a fast path for it, while ConvTranspose takes 5 to 10 times as long. Undefined for any other convolution.
 */
function flippedDepthwise(c: VjpContext<ConvAttributes>, weight: Value, w: Window): Value | undefined {
  const { b, attributes } = c;
  const { group } = attributes;
  const [outputs, perGroup] = c.dims(weight);
  const depthwise = group > 1 && outputs === group && perGroup === 1;
  if (!depthwise || w.autoPad.startsWith('SAME') || w.strides.some((stride) => stride !== 1)) return undefined;
  const count = w.kernel.length;
  const pads = w.pads.map((pad, index) => extent(w, index % count) - 1 - pad);
  if (pads.some((pad) => pad < 0)) return undefined;
  return b.node('Conv', [c.g, flip(b, weight, w.kernel)], { kernel_shape: w.kernel, dilations: w.dilations, group, pads });
}

/** A kernel reversed along its spatial axes: nodes on constants, which runtimes compute once when they load the model. */
function flip(b: GraphBuilder, weight: Value, kernel: readonly number[]): Value {
  return kernel.reduce(
    (turned, size, axis) =>
      size === 1 ? turned : b.gather(turned, b.ints(Array.from({ length: size }, (_, index) => size - 1 - index)), axis + 2),
    weight,
  );
}

/** Kernel sizes: of the weight, which every runtime knows; `kernel_shape` only repeats them. */
function kernelOf(c: VjpContext<ConvAttributes>, weight: Value): number[] {
  const { kernel } = c.attributes.window;
  const sizes = kernel ?? c.dims(weight).slice(2);
  return sizes.map((size) => {
    if (typeof size === 'number') return size;
    throw c.refuse('the kernel size', `'${size}', known only at run time`, 'fixed');
  });
}
