import type { Value } from '../build/builder.js';
import type { Attributes } from '../graph/attributes.js';
import { timesAlong } from './resize-axis.js';
import { changes, fixedScale, type ResizeAttributes, type Resizing, scalesInput } from './resize-geometry.js';
import { copiesBlocks } from './resize-nearest.js';
import { weights } from './resize-weights.js';
import { type Rule, rule, type VjpContext } from './rule.js';

const resized = { rows: (c: Resizing) => !changes(c, 0), steps: withoutInfluence, vjp: [transposed] } as const;

/** The region and the scales, where nothing depends on them but sizes and what is rounded; a gradient to them is refused otherwise. */
function withoutInfluence({ mode, coordinates, antialias, inputs: { roi, scales } }: ResizeAttributes): number[] {
  const region = coordinates === 'tf_crop_and_resize';
  const stretched = antialias || !(region || coordinates === 'align_corners');
  return [...(region && mode !== 'nearest' ? [] : [roi]), ...(stretched && mode !== 'nearest' ? [] : [scales])];
}

/** The first forms: positions are divided by the scale, and rounded down. */
const dividing = (a: Attributes): ResizeAttributes => ({
  mode: a.string('mode', 'nearest'),
  coordinates: 'asymmetric',
  nearest: 'floor',
  axes: undefined,
  policy: 'stretch',
  antialias: false,
  scales: a.get('scales')?.floats,
  inputs: { scales: 1, roi: -1 },
});

/** Resizing is linear in the image, and goes along one axis after the other. */
export const resizeRules: readonly Rule[] = [
  rule('Upsample', { until: 9, attributes: dividing, ...resized }),
  rule('Resize', { until: 10, attributes: dividing, ...resized }),
  rule<ResizeAttributes>('Resize', {
    since: 11,
    attributes: (a) => ({
      mode: a.string('mode', 'nearest'),
      coordinates: a.string('coordinate_transformation_mode', 'half_pixel'),
      nearest: a.string('nearest_mode', 'round_prefer_floor'),
      axes: a.ints('axes'),
      policy: a.string('keep_aspect_ratio_policy', 'stretch'),
      antialias: a.int('antialias', 0) === 1,
      scales: undefined,
      inputs: { roi: 1, scales: 2 },
    }),
    ...resized,
  }),
];

function transposed(c: VjpContext<ResizeAttributes>): Value {
  const blocks = blockSizes(c);
  if (blocks !== undefined) return sumOfBlocks(c, blocks);
  const axes = c.dims(c.x).flatMap((_, axis) => (changes(c, axis) ? [axis] : []));
  return axes.reduceRight((g, axis) => timesAlong(c.b, g, weights(c, axis), axis, c.x), c.g);
}

/** How often each position is repeated along each axis behind the channels, where that is all that happens. */
function blockSizes(c: Resizing): number[] | undefined {
  const { mode, coordinates, nearest, policy } = c.attributes;
  const rank = c.rank(c.x);
  if (mode !== 'nearest' || policy !== 'stretch' || rank < 3 || rank > 5 || changes(c, 0) || changes(c, 1)) return undefined;
  const repeats = c.dims(c.x).map((size, axis) => {
    const scale = fixedScale(c, axis);
    if (scale !== undefined || scalesInput(c) !== undefined) return scale ?? 0;
    const to = c.dims(c.y)[axis];
    return !changes(c, axis) ? 1 : typeof size === 'number' && typeof to === 'number' ? to / size : 0;
  });
  return repeats.every((count) => copiesBlocks(coordinates, nearest, count)) ? repeats.slice(2) : undefined;
}

/** Each position gets the sum over its block: the mean times the number of copies. */
function sumOfBlocks({ b, g }: VjpContext<ResizeAttributes>, blocks: readonly number[]): Value {
  const mean = b.node('AveragePool', [g], { kernel_shape: blocks, strides: blocks });
  return b.scale(
    mean,
    blocks.reduce((product, size) => product * size, 1),
  );
}
