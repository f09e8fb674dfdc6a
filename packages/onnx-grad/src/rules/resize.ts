import type { Value } from '../build/builder.js';
import { reshapeTo, type ShapePart, shapeOf } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import { identity, timesAlong } from './resize-axis.js';
import { copiesBlocks } from './resize-nearest.js';
import { type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

interface ResizeAttributes {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  /** The axes of which scales and sizes speak; default: all. */
  readonly axes: readonly number[] | undefined;
  readonly policy: string;
  /** Scales as an attribute: Upsample before operator set 9. */
  readonly scales: readonly number[] | undefined;
  /** Where the inputs stand: their order changed with operator set 11. */
  readonly inputs: { readonly roi?: number; readonly scales: number; readonly sizes?: number };
}

type Context = RuleContext<ResizeAttributes>;

const resized = { rows: (c: Context) => !changes(c, 0), vjp: [transposed] } as const;

/** The first forms: positions are divided by the scale, and rounded down. */
const dividing = (a: Attributes): ResizeAttributes => ({
  mode: a.string('mode', 'nearest'),
  coordinates: 'asymmetric',
  nearest: 'floor',
  axes: undefined,
  policy: 'stretch',
  scales: a.get('scales')?.floats,
  inputs: { scales: 1 },
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
      scales: undefined,
      inputs: { roi: 1, scales: 2, sizes: 3 },
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

/** Where an axis stands in the lists of scales and sizes; −1 where it does not. */
function place(c: Context, axis: number): number {
  return c.attributes.axes?.map((given) => c.axis(given)).indexOf(axis) ?? axis;
}

/** The input of scales; undefined where sizes are given instead. */
function scalesInput(c: Context): Value | undefined {
  const value = c.optional(c.attributes.inputs.scales);
  // Operator sets 11 and 12 write an empty list there.
  return value === undefined || c.facts.of(value).dims?.[0] === 0 ? undefined : value;
}

function fixedScale(c: Context, axis: number): number | undefined {
  const scales = c.attributes.scales ?? c.facts.graph.constant(scalesInput(c) ?? '')?.data;
  return place(c, axis) < 0 ? 1 : scales?.[place(c, axis)];
}

/** Whether an axis may be anything but what it was. */
function changes(c: Context, axis: number): boolean {
  if (place(c, axis) < 0) return false;
  if (c.attributes.coordinates === 'tf_crop_and_resize' || c.attributes.policy !== 'stretch') return true;
  const scale = fixedScale(c, axis);
  if (scale !== undefined) return scale !== 1;
  const size = c.dims(c.x)[axis];
  const same = size !== '' && size === c.dims(c.y)[axis];
  // Computed scales may be so near 1 that the size stays; but nobody resizes batch and channels so.
  return !same || (scalesInput(c) !== undefined && axis > 1);
}

/** How often each position is repeated along each axis behind the channels, where that is all that happens. */
function blockSizes(c: Context): number[] | undefined {
  const { mode, coordinates, nearest } = c.attributes;
  const rank = c.rank(c.x);
  if (mode !== 'nearest' || rank < 3 || rank > 5 || changes(c, 0) || changes(c, 1)) return undefined;
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

/** The weights of one axis, [size of x, size of y]: what the same resizing makes of the identity, row by row. */
function weights(c: VjpContext<ResizeAttributes>, axis: number): Value {
  const { b, x, y } = c;
  // [rows of the identity, 1, positions, 1]: along other axes nothing happens.
  const unit = b.unsqueeze(identity(b, x, axis, c.g), [1, 3]);
  if (c.attributes.policy !== 'stretch') return keepingAspect(c, axis, unit);
  const scales = scalesInput(c);
  const fixed = fixedScale(c, axis);
  if (c.attributes.scales !== undefined) return columns(c, b.again(c.node, [unit], { scales: { floats: [1, 1, fixed ?? 1, 1] } }));
  const index = place(c, axis);
  const scale =
    fixed !== undefined
      ? b.constant('float32', [4], [1, 1, fixed, 1])
      : scales && b.concat([ones(c, 2), b.slice(scales, 0, index, index + 1), ones(c, 1)], 0);
  if (c.opset < 11) return columns(c, b.again(c.node, [unit, scale ?? '']));
  const sizes = scales === undefined ? shapeOf(b, [[x, axis, axis + 1], 1, [y, axis, axis + 1], 1]) : '';
  const none = c.opset < 13 ? b.constant('float32', [0], []) : '';
  const changed = { axes: undefined, ...(roiMatters(c) ? { extrapolation_value: { float: 0 } } : {}) };
  return columns(c, b.again(c.node, [unit, roiMatters(c) ? roiOf(c, index) : none, scale ?? none, sizes], changed));
}

function roiMatters(c: Context): boolean {
  return c.attributes.coordinates === 'tf_crop_and_resize';
}

/** The part of one axis, beside the whole of the others: begins, then ends. */
function roiOf(c: VjpContext<ResizeAttributes>, index: number): Value {
  const { b } = c;
  const roi = c.input(c.attributes.inputs.roi ?? 1);
  const count = c.attributes.axes?.length ?? c.rank(c.x);
  const bound = (at: number) => b.slice(roi, 0, at, at + 1);
  const all = (value: number, times: number) => b.constant(b.typeOf(roi), [times], new Array<number>(times).fill(value));
  return b.concat([all(0, 2), bound(index), all(0, 1), all(1, 2), bound(index + count), all(1, 1)], 0);
}

function ones({ b }: VjpContext<ResizeAttributes>, count: number): Value {
  return b.constant('float32', [count], new Array<number>(count).fill(1));
}

function columns({ b }: VjpContext<ResizeAttributes>, made: Value): Value {
  return b.squeeze(made, [1, 3]);
}

/** A scale that all axes share depends on all their sizes: so the other axes keep theirs, filled with copies, of which one is taken. */
function keepingAspect(c: VjpContext<ResizeAttributes>, axis: number, unit: Value): Value {
  const { b, x, node } = c;
  const rank = c.rank(x);
  const { axes = [0], policy } = c.attributes;
  if (axes.some((given) => c.axis(given) < 2) || roiMatters(c))
    throw c.refuse(
      'keep_aspect_ratio_policy',
      `'${policy}' beside batch, channels or a region`,
      "'stretch', or given axes behind the channels",
    );
  const alone = c.dims(x).map((_, other): ShapePart => (other === 0 || other === axis ? [x, axis, axis + 1] : 1));
  const filled = b.expand(reshapeTo(b, unit, alone), shapeOf(b, [[x, axis, axis + 1], 1, [x, 2, rank]]));
  const made = b.again(node, [filled, ...node.inputs.slice(1)]);
  const others = c.dims(x).flatMap((_, other) => (other === 0 || other === axis ? [] : [other]));
  return b.squeeze(
    others.reduce((value, other) => b.slice(value, other, 0, 1), made),
    others,
  );
}
