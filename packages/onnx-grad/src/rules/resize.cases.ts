import fc from 'fast-check';
import type { NewAttribute } from '../bytes/write.js';
import { type Case, check, computed, constant, fixed, type Input, ints, smooth } from '../testing/case.js';
import { sample } from '../testing/families.js';

type Attributes = Readonly<Record<string, NewAttribute>>;

const floats = (...values: number[]): Input => constant(fixed([values.length], values));
const none = floats();

/** Scales: the third input from operator set 11 on. */
const scaled = (title: string, x: number[], scales: number[], attributes: Attributes, rest: Partial<Case> = {}): Case =>
  check('Resize', title, { since: 11, inputs: [smooth(...x), none, floats(...scales)], attributes, linear: true, wrt: [0], ...rest });

/** Sizes: the fourth. */
const sized = (title: string, x: number[], sizes: number[], attributes: Attributes, rest: Partial<Case> = {}): Case =>
  check('Resize', title, {
    since: 11,
    inputs: [smooth(...x), none, none, ints(...sizes)],
    attributes,
    linear: true,
    wrt: [0],
    anyBatch: false,
    ...rest,
  });

const coordinates = fc.constantFrom('half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric', 'half_pixel_symmetric');
const nearestModes = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const;
const scale = fc.constantFrom(0.5, 0.6, 1, 1.5, 2, 2.4, 3);

/** Symmetric half pixels and antialiasing came late. */
const sinceOf = (mode: string, antialias: number): number => (mode === 'half_pixel_symmetric' ? 19 : antialias === 1 ? 18 : 11);

const interpolated = sample(
  fc.record({
    mode: fc.constantFrom('linear', 'cubic'),
    coordinate: coordinates,
    scales: fc.tuple(scale, scale),
    antialias: fc.constantFrom(0, 0, 1),
    exclude: fc.nat(1),
    coefficient: fc.constantFrom(-0.75, -0.5),
  }),
  10,
).map(({ mode, coordinate, scales, antialias, exclude, coefficient }) => {
  const cubic = mode === 'cubic' ? { exclude_outside: exclude, cubic_coeff_a: { float: coefficient } } : {};
  const words = [
    mode,
    coordinate,
    `× ${scales}`,
    ...Object.keys(antialias === 1 ? { antialias } : {}),
    ...(mode === 'cubic' ? [exclude, coefficient] : []),
  ];
  return scaled(
    words.join(', '),
    [2, 1, 4, 5],
    [1, 1, ...scales],
    {
      mode,
      coordinate_transformation_mode: coordinate,
      ...(antialias === 1 ? { antialias } : {}),
      ...cubic,
    },
    { since: sinceOf(coordinate, antialias) },
  );
});

const nearest = ['asymmetric', 'half_pixel', 'tf_half_pixel_for_nn', 'align_corners'].flatMap((coordinate) =>
  nearestModes.flatMap((rounding) =>
    // Whole factors are summed in blocks, others take matrices, in every operator set alike: one each is enough.
    [2, 1.7].map((factor) =>
      scaled(
        `nearest, ${coordinate}, ${rounding}, × ${factor}`,
        [2, 1, 3, 4],
        [1, 1, factor, factor === 2 ? 3 : 0.6],
        {
          mode: 'nearest',
          coordinate_transformation_mode: coordinate,
          nearest_mode: rounding,
        },
        factor === 2 || coordinate === 'tf_half_pixel_for_nn' ? { until: 12 } : { since: 19 },
      ),
    ),
  ),
);

const crop = (title: string, roi: number[], rest: Attributes, mode = 'linear'): Case =>
  check('Resize', `a region, ${title}`, {
    since: 11,
    inputs: [smooth(2, 1, 5, 4), floats(...roi), none, ints(2, 1, 3, 6)],
    attributes: { mode, coordinate_transformation_mode: 'tf_crop_and_resize', ...rest },
    linear: true,
    wrt: [0],
    anyBatch: false,
  });

const upsample = (mode: string, x: number[], scales: number[], rest: Partial<Case> = {}): Case[] => [
  check('Upsample', `${mode} × ${scales}, attribute`, {
    until: 8,
    inputs: [smooth(...x)],
    attributes: { mode, scales: { floats: scales } },
    linear: true,
    ...rest,
  }),
  check('Upsample', `${mode} × ${scales}`, {
    since: 9,
    until: 9,
    inputs: [smooth(...x), floats(...scales)],
    attributes: { mode },
    linear: true,
    wrt: [0],
  }),
];

export const resizeCases: readonly Case[] = [
  ...upsample('nearest', [2, 2, 3, 2], [1, 1, 2, 3]),
  ...upsample('nearest', [2, 2, 3], [1, 1, 1.5], { needsIfSymbolic: 9 }),
  ...upsample('linear', [2, 2, 3, 2], [1, 1, 2, 2], { needsIfSymbolic: 9 }),
  ...(['nearest', 'linear'] as const).map((mode) =>
    check('Resize', `${mode}, operator set 10`, {
      since: 10,
      until: 10,
      inputs: [smooth(2, 1, 4, 5), floats(1, 1, 2, 0.6)],
      attributes: { mode },
      linear: true,
      wrt: [0],
    }),
  ),
  ...interpolated,
  ...nearest,
  scaled('nearest, one axis', [2, 2, 3], [1, 1, 2], {}),
  scaled('nearest, three axes', [2, 1, 2, 2, 3], [1, 1, 2, 1, 1.5], {}),
  scaled('nearest, channels last', [2, 2, 3, 2], [1, 2, 2, 1], {}),
  scaled('nearest, all axes', [2, 2, 3], [2, 1.5, 2], {}, { anyBatch: false }),
  scaled('linear, one axis', [2, 2, 4], [1, 1, 1.6], { mode: 'linear' }),
  scaled('linear, a matrix', [3, 4], [1.5, 2], { mode: 'linear' }, { anyBatch: false }),
  scaled('linear, three axes', [2, 1, 2, 3, 2], [1, 1, 2, 0.7, 1.5], { mode: 'linear' }),
  scaled('linear, channels last', [2, 3, 2, 2], [1, 2, 1.5, 1], { mode: 'linear' }),
  check('Resize', 'linear, computed scales', {
    since: 11,
    inputs: [smooth(2, 1, 3, 4), none, computed(floats(1, 1, 2, 1.3))],
    attributes: { mode: 'linear' },
    wrt: [0],
    linear: true,
  }),
  sized('linear, sizes', [2, 1, 3, 4], [2, 1, 7, 3], { mode: 'linear' }),
  sized('nearest, sizes in whole steps', [2, 2, 3, 2], [2, 2, 6, 6], {}),
  sized('nearest, sizes', [2, 1, 3, 4], [2, 1, 7, 3], {}),
  sized('cubic, sizes', [2, 1, 3, 4], [2, 1, 5, 4], { mode: 'cubic', coordinate_transformation_mode: 'align_corners' }),
  check('Resize', 'axes of scales', {
    since: 18,
    inputs: [smooth(2, 1, 3, 4), undefined, floats(2, 1.5)],
    attributes: { mode: 'linear', axes: [3, -2] },
    wrt: [0],
    linear: true,
  }),
  check('Resize', 'axes of sizes', {
    since: 18,
    inputs: [smooth(2, 1, 3, 4), undefined, undefined, ints(6, 2)],
    attributes: { mode: 'linear', axes: [2, 3] },
    linear: true,
  }),
  ...(['not_larger', 'not_smaller'] as const).flatMap((policy) =>
    ['nearest', 'linear'].map((mode) =>
      check('Resize', `${mode}, ${policy}`, {
        since: 18,
        inputs: [smooth(2, 1, 3, 4), undefined, undefined, ints(7, 6)],
        attributes: { mode, axes: [2, 3], keep_aspect_ratio_policy: policy },
        linear: true,
      }),
    ),
  ),
  crop('inside', [0, 0, 0.2, 0.1, 1, 1, 0.9, 0.7], {}),
  crop('partly outside', [0, 0, -0.4, 0.3, 1, 1, 0.6, 1.4], { extrapolation_value: { float: 3 } }),
  crop('nearest, turned round', [0, 0, 0.9, 0, 1, 1, 0.1, 1], {}, 'nearest'),
  crop('cubic', [0, 0, 0.2, 0.1, 1, 1, 0.9, 1.3], {}, 'cubic'),
  check('Resize', 'a region of some axes', {
    since: 18,
    inputs: [smooth(2, 1, 5, 4), floats(0.1, 0.2, 0.8, 1.1), undefined, ints(4, 3)],
    attributes: { mode: 'linear', coordinate_transformation_mode: 'tf_crop_and_resize', axes: [2, 3] },
    linear: true,
    wrt: [0],
  }),
  check('Resize', 'linear, gradient to the scales', {
    since: 11,
    inputs: [smooth(3, 4), none, computed(floats(2.1, 1.4))],
    attributes: { mode: 'linear' },
    wrt: [0, 2],
    refused: /expected input 2 \('x2'\) to be constant/,
  }),
];
