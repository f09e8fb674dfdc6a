import type { Value } from '../build/builder.js';
import { type ConvAttributes, convAttributes, convWindow } from './convolution-attributes.js';
import { inputGradient } from './convolution-input.js';
import { laidOut, transposedAttributes } from './convolution-transposed.js';
import { weightGradient } from './convolution-weight.js';
import { pointwiseEntry } from './pointwise.js';
import { type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

const onlyInput = ({ wanted }: RuleContext<ConvAttributes>): boolean => wanted.size === 1 && wanted.has(0);

/** The bias of a channel is added at every position of every row. */
const biasGradient = (c: VjpContext<ConvAttributes>): Value =>
  c.b.sum(
    c.g,
    [...c.dims(c.y).keys()].filter((axis) => axis !== 1),
    false,
  );

/** Convolutions: y[n, o, p] = Σ W[o, c, i] · x[n, c, p·stride + i·dilation − pad] + bias[o]. */
export const convolutionRules: readonly Rule[] = [
  rule('Conv', {
    attributes: convAttributes,
    rows: onlyInput,
    vjp: [inputGradient, (c) => weightGradient(c, convWindow(c), c.x, c.x, c.g), biasGradient],
    entry: (c, entry, input) => (input === 0 ? pointwiseEntry(c.b, c.node, entry) : undefined),
  }),
  // The transpose of a convolution from y to x; its own transpose is that convolution. W: [inputs, outputs / group, ...kernel].
  rule('ConvTranspose', {
    attributes: transposedAttributes,
    rows: onlyInput,
    vjp: [
      (c) => {
        const { g, w } = laidOut(c);
        const { kernel, strides, dilations, pads } = w;
        return c.b.node('Conv', [g, c.input(1)], { kernel_shape: kernel, strides, dilations, pads, group: c.attributes.group });
      },
      (c) => {
        const { g, w } = laidOut(c);
        return weightGradient(c, w, g, c.y, c.x);
      },
      biasGradient,
    ],
  }),
];
