import fc from 'fast-check';
import { type Case, check, computed, fixed, grid, type Input, ints, positive, smooth } from '../testing/case.js';
import { sample, withAxes } from '../testing/families.js';

/** The first operator set in which the reduction's axes are an input. */
const inputSince = (operator: string) => (operator === 'ReduceSum' ? 13 : 18);

/** Shapes of 2 or 3 axes, some of which are reduced, counted from either end. */
const drawn = sample(
  fc.record({
    axes: fc.array(fc.record({ size: fc.integer({ min: 1, max: 3 }), reduced: fc.boolean(), back: fc.boolean() }), {
      minLength: 2,
      maxLength: 3,
    }),
    keepdims: fc.constantFrom(0, 1),
  }),
  8,
).flatMap(({ axes, keepdims }) => {
  const reduced = axes.flatMap(({ reduced, back }, axis) => (reduced ? [back ? axis - axes.length : axis] : []));
  return reduced.length === 0 ? [] : [{ dims: axes.map(({ size }) => size), reduced, keepdims }];
});

/** @param draw numbers at which the reduction has a slope */
const reductions = (operator: string, draw: (...dims: number[]) => Input, rest: Partial<Case> = {}): Case[] => {
  const since = inputSince(operator);
  const dropped = { ...rest, attributes: { keepdims: 0 } };
  return [
    check(operator, 'all axes', { ...rest, inputs: [draw(2, 3, 4)] }),
    check(operator, 'all axes, dropped', { ...dropped, inputs: [draw(2, 3, 4)] }),
    check(operator, 'no axes', { ...rest, since, inputs: [draw(2, 3)], attributes: { noop_with_empty_axes: 1 } }),
    ...withAxes(operator, 'space', since, draw(2, 3, 2, 2), [2, 3], rest),
    ...withAxes(operator, 'space, dropped', since, draw(2, 3, 2, 2), [2, 3], dropped),
    ...withAxes(operator, 'from the back', since, draw(2, 3, 4), [-1, -2], dropped),
    ...withAxes(operator, 'channels', since, draw(2, 3, 4), [1], dropped),
    ...withAxes(operator, 'rows', since, draw(2, 3, 4), [0], rest),
  ];
};

/** Axes that are computed at run time. */
const computedAxes = (operator: string, draw: (...dims: number[]) => Input, rest: Partial<Case> = {}): Case[] => [
  check(operator, 'computed axes of which there are none', {
    ...rest,
    since: inputSince(operator),
    inputs: [draw(2, 3), fixed([0], [], 'int64')],
  }),
  check(operator, 'computed axes', { ...rest, since: inputSince(operator), inputs: [draw(2, 3, 4), computed(ints(-1))] }),
  check(operator, 'computed axes, dropped', {
    ...rest,
    since: inputSince(operator),
    inputs: [draw(2, 3, 4), computed(ints(1, 0))],
    attributes: { keepdims: 0 },
  }),
];

/** Random shapes and axes. */
const random = (operator: string, draw: (...dims: number[]) => Input, rest: Partial<Case> = {}): Case[] =>
  drawn.flatMap(({ dims, reduced, keepdims }) =>
    withAxes(operator, `[${dims}] along ${reduced}, keepdims ${keepdims}`, inputSince(operator), draw(...dims), reduced, {
      ...rest,
      attributes: { keepdims },
    }),
  );

/** Factors of which none, one or two are 0 along each axis. */
const zeros = fixed([2, 3, 2], [0.5, 0, -1, 0.75, 1.25, -0.5, 0, 1, 0.5, 0, 0, -1]);

export const reductionCases: readonly Case[] = [
  ...['ReduceSum', 'ReduceMean'].flatMap((operator) => random(operator, smooth, { linear: true })),
  ...['ReduceMax', 'ReduceMin'].flatMap((operator) => random(operator, grid)),
  ...random('ReduceProd', positive, { needsIfSymbolic: 11 }),
  ...['ReduceSum', 'ReduceMean'].flatMap((operator) => [
    ...reductions(operator, smooth, { linear: true }),
    ...computedAxes(operator, smooth, { linear: true }),
  ]),
  ...['ReduceMax', 'ReduceMin'].flatMap((operator) => [
    ...reductions(operator, grid),
    ...computedAxes(operator, grid),
    // Half of the cotangent each: the mean of the slopes on either side.
    ...withAxes(operator, 'ties', inputSince(operator), fixed([4, 3], [0.5, 0.5, 0, -1, 1, 1, 0.5, -0.5, -0.5, -1, 1, -1]), [1]),
  ]),
  ...(
    [
      ['ReduceL1', grid],
      ['ReduceL2', grid],
      ['ReduceSumSquare', smooth],
    ] as const
  ).flatMap(([operator, draw]) => [...reductions(operator, draw), ...computedAxes(operator, draw)]),
  ...withAxes('ReduceL2', 'of zeros', 18, fixed([2, 3], [0, 0, 0, 0.5, 1, 1]), [1]),
  // A logarithm near 3 is rounded by 2e-7, which the differences divide by a step of 3 / 64: 1e-4 of slopes near 1 / 24.
  ...reductions('ReduceLogSum', positive, { tolerance: 4e-4 }),
  ...computedAxes('ReduceLogSum', positive),
  ...reductions('ReduceLogSumExp', smooth, { tolerance: 4e-4 }),
  ...computedAxes('ReduceLogSumExp', smooth),
  // Between numbers near 200, float32 has steps of 1.5e-5: what differences over a step of 3 / 64 then lose.
  ...withAxes('ReduceLogSumExp', 'of large numbers', 18, fixed([2, 3], [200, 199, 199.5, -100, -101, -500]), [1], { tolerance: 1e-3 }),
  ...reductions('ReduceProd', smooth, { needsIfSymbolic: 11 }),
  check('ReduceProd', 'computed axis', { since: 18, inputs: [smooth(2, 3, 4), computed(ints(-1))] }),
  check('ReduceProd', 'computed axes, dropped', {
    since: 18,
    inputs: [smooth(2, 3, 4), computed(ints(1, 0))],
    attributes: { keepdims: 0 },
  }),
  check('ReduceProd', 'computed axes, dropped, zeros among the factors', {
    since: 18,
    inputs: [zeros, computed(ints(-1, 0))],
    attributes: { keepdims: 0 },
  }),
  ...withAxes('ReduceProd', 'zeros among the factors', 18, zeros, [1], { needsIfSymbolic: 11 }),
  ...withAxes('ReduceProd', 'zeros among the factors of two axes', 18, zeros, [0, 2], { needsIfSymbolic: 11 }),
];
