import { MAX_RANK } from '../../limits.js';
import type { Dimension } from '../types.js';
import { type Window, windowAttributes, windowCount, windowOf } from '../window.js';
import { each, type ShapeRule, type ShapeRules } from './rule.js';
import { type Dims, fromFront } from './step.js';

function counted(window: Window, space: Dims): Dimension[] {
  return space.map((size, axis) => (typeof size === 'number' ? windowCount(window, axis, size) : ''));
}

/** A convolution whose weight is the input of this index. */
const convolution =
  (index: number): ShapeRule =>
  (s, x) => {
    const weight = s.dims(index);
    const kernel = weight?.slice(2).filter((size) => typeof size === 'number');
    if (weight === undefined || kernel?.length !== x.length - 2) return undefined;
    return [x[0] ?? '', weight[0] ?? '', ...counted(windowOf(windowAttributes(s.a), kernel), x.slice(2))];
  };

const pool: ShapeRule = (s, x) => {
  const attributes = windowAttributes(s.a);
  if (attributes.kernel === undefined) return undefined;
  return [...x.slice(0, 2), ...counted(windowOf(attributes, attributes.kernel), x.slice(2))];
};

/** Whole images resized to sizes that are known, or by constant scales, which are float32, and so is the product that is rounded down. */
const resized: ShapeRule = (s, x) => {
  const input = s.node.opType === 'Upsample' || s.opset < 11 ? 1 : 2;
  const axes = s.a.ints('axes')?.map((axis) => fromFront(axis, x.length)) ?? [...x.keys()];
  if (s.has(3)) {
    const sizes = s.tensor(3)?.data;
    if (sizes?.length !== axes.length || s.a.string('keep_aspect_ratio_policy', 'stretch') !== 'stretch') return undefined;
    return x.map((size, axis) => (axes.includes(axis) ? (sizes[axes.indexOf(axis)] ?? '') : size));
  }
  const scales = s.a.get('scales')?.floats ?? s.tensor(input)?.data;
  if (scales?.length !== axes.length || s.a.string('coordinate_transformation_mode', '') === 'tf_crop_and_resize') return undefined;
  return x.map((size, axis) => {
    const scale = axes.includes(axis) ? (scales[axes.indexOf(axis)] ?? '') : 1;
    if (scale === 1) return size;
    return typeof size === 'number' && typeof scale === 'number' ? Math.floor(Math.fround(size * scale)) : '';
  });
};

/** Operators that move windows over a picture, or make one of another size. */
export const windowShapes: ShapeRules = {
  Conv: convolution(1),
  ConvInteger: convolution(1),
  QLinearConv: convolution(3),
  ...each('MaxPool AveragePool LpPool', pool),
  ...each('GlobalAveragePool GlobalMaxPool GlobalLpPool', (_, x) => x.map((size, axis) => (axis < 2 ? size : 1))),
  ...each('Resize Upsample', resized),
  DepthToSpace: (s, x) => {
    const block = s.a.int('blocksize', 1);
    const [images = '', channels = '', ...space] = x;
    const fewer = typeof channels === 'number' ? channels / block ** 2 : '';
    return [images, fewer, ...space.map((size) => (typeof size === 'number' ? size * block : ''))];
  },
  SpaceToDepth: (s, x) => {
    const block = s.a.int('blocksize', 1);
    const [images = '', channels = '', ...space] = x;
    const more = typeof channels === 'number' ? channels * block ** 2 : '';
    return [images, more, ...space.map((size) => (typeof size === 'number' ? size / block : ''))];
  },
  // Operators whose other sizes are seen in a run keep the batch.
  Col2Im: (s, x) => {
    const image = s.tensor(1)?.data;
    return image && [x[0] ?? '', '', ...image];
  },
  AffineGrid: (_, x) =>
    typeof x[1] === 'number' ? [x[0] ?? '', ...new Array<string>(Math.min(x[1], MAX_RANK)).fill(''), x[1]] : undefined,
  MaxUnpool: (s, x) => (s.has(2) ? undefined : x.map((size, axis) => (axis < 2 ? size : ''))),
};
