import fc from 'fast-check';
import type { NewAttribute } from '../bytes/write.js';
import { type Case, check, computed, constant, fixed, type Input, ints, smooth } from '../testing/case.js';
import { sample } from '../testing/families.js';
import { count } from '../testing/tensor.js';

type Attributes = Readonly<Record<string, NewAttribute>>;

/**
 * Grid numbers whose positions lie a fifth to four fifths between two pixels, some of them outside of the image: no step of the differences
 * crosses a pixel's centre or the border.
 */
function between(space: readonly number[], samples: readonly number[], alignCorners: number): Input {
  const dims = [2, ...samples, space.length];
  const draw = (next: () => number) =>
    Array.from({ length: count(dims) }, (_, index) => {
      const size = space[space.length - 1 - (index % space.length)] ?? 1;
      // Quarters from a pixel's centre: a third of them beyond the image.
      const position = Math.floor((size + 3) * next()) - 2 + 0.2 + 0.1 * next() + (next() < 0.5 ? 0 : 0.5);
      return alignCorners === 1 ? (2 * position) / (size - 1) - 1 : (2 * position + 1) / size - 1;
    });
  return { type: 'float32', dims, draw, constant: false };
}

const choices = fc.record({
  mode: fc.constantFrom('nearest', 'linear', 'cubic'),
  padding_mode: fc.constantFrom('zeros', 'border', 'reflection'),
  align_corners: fc.nat(1),
});

/** Modes were named by two axes before operator set 20. */
const older: Readonly<Record<string, string>> = { nearest: 'nearest', linear: 'bilinear', cubic: 'bicubic' };

const everyChoice = ['nearest', 'linear', 'cubic'].flatMap((mode) =>
  ['zeros', 'border', 'reflection'].flatMap((padding_mode) => [0, 1].map((align_corners) => ({ mode, padding_mode, align_corners }))),
);

const gridSample = (space: number[], samples: number[], { mode, ...attributes }: (typeof everyChoice)[number]): Case[] => {
  const inputs = [smooth(2, 1, ...space), between(space, samples, attributes.align_corners)];
  const words = `${space.join('×')}, ${Object.values({ mode, ...attributes }).join(', ')}`;
  const rest = mode === 'nearest' ? { wrt: [0], linear: true } : {};
  return [
    ...(space.length === 2 && attributes.align_corners === 0 && attributes.padding_mode === 'zeros'
      ? [check('GridSample', words, { since: 16, until: 19, inputs, attributes: { mode: older[mode] ?? '', ...attributes }, ...rest })]
      : []),
    check('GridSample', words, { since: 20, inputs, attributes: { mode, ...attributes }, ...rest }),
  ];
};

const regions = fixed([3, 4], [0.3, 0.6, 4.1, 3.3, 1.7, 0.2, 2.6, 4.9, -0.5, -1.2, 6.4, 2.1]);
const images = fixed([3], [1, 0, 1], 'int64');
const roiAlign = (title: string, attributes: Attributes, since = 10): Case =>
  check('RoiAlign', title, {
    since,
    // ONNX Runtime 1.30 has no kernel for the form of operator set 22.
    until: 21,
    inputs: [smooth(2, 2, 5, 6), constant(regions), constant(images)],
    attributes: { output_height: 2, output_width: 3, ...attributes },
    linear: true,
    anyBatch: false,
    needsIfSymbolic: 11,
  });

export const samplingCases: readonly Case[] = [
  ...everyChoice.flatMap((choice) => gridSample([3, 4], [1, 4], choice)),
  ...sample(choices, 4).flatMap((choice) => (choice.mode === 'cubic' ? [] : gridSample([2, 3, 3], [1, 1, 3], choice))),
  ...[0, 1].flatMap((align_corners) => [
    check('AffineGrid', `two axes, align_corners ${align_corners}`, {
      since: 20,
      inputs: [smooth(2, 2, 3), ints(2, 1, 3, 4)],
      attributes: { align_corners },
      linear: true,
      anyBatch: false,
    }),
    check('AffineGrid', `three axes, align_corners ${align_corners}`, {
      since: 20,
      inputs: [smooth(1, 3, 4), computed(ints(1, 2, 2, 3, 2))],
      attributes: { align_corners },
      linear: true,
    }),
  ]),
  roiAlign('samples by size', {}),
  roiAlign('sampling_ratio', { sampling_ratio: 2, spatial_scale: { float: 0.5 } }),
  roiAlign('half_pixel', { coordinate_transformation_mode: 'half_pixel', sampling_ratio: 1 }, 16),
  roiAlign('output_half_pixel', { coordinate_transformation_mode: 'output_half_pixel', spatial_scale: { float: 0.7 } }, 16),
  check('RoiAlign', 'max', {
    since: 10,
    until: 21,
    inputs: [smooth(2, 2, 5, 6), constant(regions), constant(images)],
    attributes: { mode: 'max' },
    refused: /mode to be one of avg, but it is 'max'/,
  }),
];
