import type { Value } from '../build/builder.js';
import { reshapeTo, type ShapePart, shapeOf } from '../build/rows.js';
import { list } from '../graph/list.js';
import { identity } from './resize-axis.js';
import { fixedScale, ofRegion, place, type ResizeAttributes, scalesInput } from './resize-geometry.js';
import type { VjpContext } from './rule.js';

/** The weights of one axis, [size of x, size of y]: what the same resizing makes of the identity, row by row. */
export function weights(c: VjpContext<ResizeAttributes>, axis: number): Value {
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
  const changed = { axes: undefined, ...(ofRegion(c) ? { extrapolation_value: { float: 0 } } : {}) };
  return columns(c, b.again(c.node, [unit, ofRegion(c) ? roiOf(c, index) : none, scale ?? none, sizes], changed));
}

/** The part of one axis, beside the whole of the others: begins, then ends. */
function roiOf(c: VjpContext<ResizeAttributes>, index: number): Value {
  const { b } = c;
  const roi = c.input(c.attributes.inputs.roi);
  const count = c.attributes.axes?.length ?? c.rank(c.x);
  const bound = (at: number) => b.slice(roi, 0, at, at + 1);
  const all = (value: number, times: number) =>
    b.constant(
      b.typeOf(roi),
      [times],
      list(times, () => value),
    );
  return b.concat([all(0, 2), bound(index), all(0, 1), all(1, 2), bound(index + count), all(1, 1)], 0);
}

function ones({ b }: VjpContext<ResizeAttributes>, count: number): Value {
  return b.constant(
    'float32',
    [count],
    list(count, () => 1),
  );
}

function columns({ b }: VjpContext<ResizeAttributes>, made: Value): Value {
  return b.squeeze(made, [1, 3]);
}

/** A scale that all axes share depends on all their sizes: so the other axes keep theirs, filled with copies, of which one is taken. */
function keepingAspect(c: VjpContext<ResizeAttributes>, axis: number, unit: Value): Value {
  const { b, x, node } = c;
  const rank = c.rank(x);
  const { axes = [0], policy } = c.attributes;
  if (axes.some((given) => c.axis(given) < 2) || ofRegion(c))
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
