import { type Case, check, computed, constant, fixed, grid, ints, smooth } from '../testing/case.js';
import { withAxes } from '../testing/families.js';
import { blockCases } from './layout-blocks.cases.js';
import { padCases } from './layout-pad.cases.js';

/** Bounds of a slice; as attributes up to operator set 9, then as inputs. */
function slice(title: string, x: number[], starts: number[], ends: number[], axes: number[], steps?: number[]): Case[] {
  const inputs = [smooth(...x), ints(...starts), ints(...ends), ints(...axes)];
  const negative = steps?.some((step) => step < 0) === true || axes.some((axis) => axis < 0);
  return [
    ...(steps === undefined && !negative
      ? [
          check('Slice', `${title}, attributes`, {
            until: 9,
            inputs: [smooth(...x)],
            attributes: { starts, ends, axes },
            linear: true,
            needsIfSymbolic: 11,
          }),
        ]
      : []),
    check('Slice', title, {
      since: 10,
      inputs: steps === undefined ? inputs : [...inputs, ints(...steps)],
      linear: true,
      needsIfSymbolic: 11,
    }),
    check('Slice', `${title}, computed bounds`, {
      since: 10,
      needs: 11,
      inputs: [
        smooth(...x),
        fixed([starts.length], starts, 'int64'),
        fixed([ends.length], ends, 'int64'),
        ints(...axes),
        ...(steps === undefined ? [] : [ints(...steps)]),
      ],
      linear: true,
    }),
  ];
}

/** Sizes of the parts; an attribute up to operator set 12, then an input. */
const split = (title: string, x: number[], parts: number[], axis: number, rest: Partial<Case> = {}): Case[] => [
  check('Split', `${title}, attribute`, {
    until: 12,
    inputs: [smooth(...x)],
    attributes: { axis, split: parts },
    outputs: parts.length,
    linear: true,
    ...rest,
  }),
  check('Split', title, {
    since: 13,
    inputs: [smooth(...x), ints(...parts)],
    attributes: { axis },
    outputs: parts.length,
    linear: true,
    ...rest,
  }),
];

export const layoutCases: readonly Case[] = [
  check('Identity', '', { inputs: [smooth(2, 3)], linear: true }),
  // A step of one on a grid of sixteenths is exact in float16, but the cotangent is rounded to it on its way back: half of 2^-10.
  check('Cast', 'to float16 and back', {
    tolerance: 5e-4,
    since: 9,
    inputs: [grid(2, 3)],
    attributes: { to: 10 },
    followedBy: [{ opType: 'Cast', attributes: { to: 1 } }],
    linear: true,
  }),
  check('Cast', 'to float64 and back', {
    since: 9,
    inputs: [grid(2, 3)],
    attributes: { to: 11 },
    followedBy: [{ opType: 'Cast', attributes: { to: 1 } }],
    linear: true,
  }),
  check('Cast', 'to float64', { since: 9, inputs: [grid(2, 3)], attributes: { to: 11 }, linear: true }),
  check('CastLike', '', { since: 16, inputs: [grid(2, 3), fixed([1], [0], 'float64')], wrt: [0], linear: true }),
  check('Flatten', '', { inputs: [smooth(2, 3, 4)], linear: true }),
  check('Flatten', 'axis 0', { inputs: [smooth(2, 3, 4)], attributes: { axis: 0 }, linear: true }),
  check('Flatten', 'axis 2', { inputs: [smooth(2, 3, 4)], attributes: { axis: 2 }, linear: true }),
  check('Flatten', 'axis −1', { since: 11, inputs: [smooth(2, 3, 4)], attributes: { axis: -1 }, linear: true }),
  check('Reshape', '', { inputs: [smooth(2, 3, 4), ints(2, 12)], linear: true }),
  check('Reshape', 'zero and −1', { inputs: [smooth(2, 3, 4), ints(0, -1)], linear: true }),
  check('Reshape', 'more axes', { inputs: [smooth(2, 12), ints(-1, 3, 2, 2)], linear: true }),
  check('Reshape', 'to a vector', { inputs: [smooth(2, 3, 4), ints(-1)], linear: true }),
  check('Reshape', 'of a scalar', { inputs: [smooth(), ints(1, 1)], linear: true }),
  check('Reshape', 'computed shape', { inputs: [smooth(2, 3, 4), fixed([2], [6, 4], 'int64')], linear: true, anyBatch: false }),
  check('Reshape', 'allowzero', { since: 14, inputs: [smooth(2, 3, 4), ints(-1, 12)], attributes: { allowzero: 1 }, linear: true }),
  ...withAxes('Squeeze', 'one axis', 13, smooth(2, 1, 3), [1], { linear: true }),
  ...withAxes('Squeeze', 'from the back', 13, smooth(2, 3, 1, 1), [-1, -2], { linear: true }),
  check('Squeeze', 'computed axes', { since: 13, inputs: [smooth(2, 1, 3, 1), computed(ints(-1, 1))], linear: true }),
  check('Squeeze', 'all axes', { inputs: [smooth(2, 1, 3, 1)], linear: true }),
  ...withAxes('Unsqueeze', 'two axes', 13, smooth(2, 3), [1, 3], { linear: true }),
  ...withAxes('Unsqueeze', 'in front', 13, smooth(2, 3), [0], { linear: true }),
  ...withAxes('Unsqueeze', 'from the back', 13, smooth(2, 3), [-1], { linear: true }),
  check('Unsqueeze', 'computed axes', { since: 13, inputs: [smooth(2, 3), computed(ints(1, 3))], linear: true }),
  check('Transpose', 'default', { inputs: [smooth(2, 3, 4)], linear: true }),
  check('Transpose', 'cycle', { inputs: [smooth(2, 3, 4)], attributes: { perm: [1, 2, 0] }, linear: true }),
  check('Transpose', 'rows kept', { inputs: [smooth(2, 3, 4)], attributes: { perm: [0, 2, 1] }, linear: true }),
  check('Concat', 'channels', {
    inputs: [smooth(2, 1, 4), smooth(2, 3, 4), smooth(2, 2, 4)],
    attributes: { axis: 1 },
    linear: true,
    needsIfSymbolic: 10,
  }),
  check('Concat', 'rows', { inputs: [smooth(2, 3), smooth(4, 3)], attributes: { axis: 0 }, linear: true, needsIfSymbolic: 10 }),
  check('Concat', 'axis −1', { since: 11, inputs: [smooth(2, 3), smooth(2, 2)], attributes: { axis: -1 }, linear: true }),
  check('Concat', 'with a constant', {
    inputs: [constant(smooth(2, 2, 3)), smooth(2, 3, 3)],
    attributes: { axis: 1 },
    linear: true,
    needsIfSymbolic: 10,
  }),
  check('Concat', 'one', { inputs: [smooth(2, 3)], attributes: { axis: 1 }, linear: true }),
  ...split('channels', [2, 4, 3], [1, 3], 1),
  ...split('one part used', [2, 4, 3], [1, 2, 1], 1, { used: [1] }),
  ...split('rows', [4, 3], [3, 1], 0, { anyBatch: false }),
  ...split('rows, one part used', [4, 3], [3, 1], 0, { used: [1], anyBatch: false }),
  check('Split', 'computed sizes', {
    since: 13,
    inputs: [smooth(2, 5), computed(ints(1, 3, 1))],
    attributes: { axis: -1 },
    outputs: 3,
    used: [1],
    linear: true,
  }),
  check('Split', 'equal parts', { until: 12, inputs: [smooth(2, 4)], attributes: { axis: 1 }, outputs: 2, linear: true }),
  check('Split', 'num_outputs', { since: 18, inputs: [smooth(2, 5)], attributes: { axis: -1, num_outputs: 2 }, outputs: 2, linear: true }),
  ...slice('middle', [2, 5, 4], [1], [4], [1]),
  ...slice('two axes', [2, 5, 4], [1, 0], [3, 2], [1, 2]),
  ...slice('from the back', [2, 5], [-3], [-1], [1]),
  ...slice('beyond the end', [2, 5], [2], [2 ** 31 - 1], [1]),
  ...slice('rows', [4, 3], [1], [3], [0]),
  ...slice('step 2', [2, 5, 3], [0], [5], [1], [2]),
  ...slice('step 3, not to the end', [2, 7], [1], [6], [1], [3]),
  ...slice('reversed', [2, 5], [-1], [-(2 ** 31)], [1], [-1]),
  ...slice('step −2', [2, 6, 2], [4], [0], [1], [-2]),
  ...slice('step −3 of the last axis', [2, 7], [100], [-100], [-1], [-3]),
  check('Slice', 'all starts, no axes', { since: 10, inputs: [smooth(3, 4), ints(1, 0), ints(3, 2)], linear: true, needsIfSymbolic: 11 }),
  check('Slice', 'computed starts, no axes', {
    since: 10,
    needs: 11,
    inputs: [smooth(3, 4), computed(ints(1, 0)), computed(ints(3, 2))],
    linear: true,
  }),
  check('Slice', 'computed axes', {
    since: 10,
    needs: 11,
    inputs: [smooth(3, 4, 2), computed(ints(1, -1)), computed(ints(3, -5)), computed(ints(0, -2)), computed(ints(1, -2))],
    linear: true,
  }),
  check('Expand', '', { since: 8, inputs: [smooth(2, 1, 3), ints(2, 4, 3)], linear: true }),
  check('Expand', 'more axes', { since: 8, inputs: [smooth(3, 1), ints(2, 1, 4)], linear: true }),
  check('Expand', 'a smaller shape', { since: 8, inputs: [smooth(2, 3, 4), ints(1, 4)], linear: true }),
  ...padCases,
  ...blockCases,
];
