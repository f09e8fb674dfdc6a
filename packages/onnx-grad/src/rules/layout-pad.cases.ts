import fc from 'fast-check';
import { type Case, check, computed, constant, fixed, ints, smooth } from '../testing/case.js';
import { sample } from '../testing/families.js';

const pad = (title: string, x: number[], pads: number[], value = 0): Case[] => [
  check('Pad', `${title}, attribute`, { until: 10, inputs: [smooth(...x)], attributes: { pads, value: { float: value } }, linear: true }),
  check('Pad', title, { since: 11, inputs: [smooth(...x), ints(...pads), constant(fixed([], [value]))], linear: true }),
];

/** Borders of copies; old sets write them as an attribute. */
const border = (mode: string, title: string, x: number[], pads: number[], rest: Partial<Case> = {}): Case[] => [
  check('Pad', `${mode}, ${title}, attribute`, {
    until: 10,
    inputs: [smooth(...x)],
    attributes: { mode, pads },
    linear: true,
    needsIfSymbolic: 11,
    ...rest,
  }),
  check('Pad', `${mode}, ${title}`, { since: 11, inputs: [smooth(...x), ints(...pads)], attributes: { mode }, linear: true, ...rest }),
];

const sizes = fc.record({
  size: fc.integer({ min: 3, max: 5 }),
  begin: fc.integer({ min: 0, max: 2 }),
  end: fc.integer({ min: 0, max: 2 }),
});

const modes = ['reflect', 'edge', 'wrap'] as const;

export const padCases: readonly Case[] = [
  ...pad('border', [2, 2, 3], [0, 0, 1, 0, 0, 2]),
  ...pad('border of ones', [2, 2, 3], [0, 1, 1, 0, 0, 2], 1),
  ...pad('crop', [2, 3, 5], [0, -1, 1, 0, 0, -2]),
  ...pad('rows', [2, 3], [1, 0, 0, 1]),
  check('Pad', 'axes', { since: 18, inputs: [smooth(2, 2, 3), ints(1, 2), undefined, ints(-1)], linear: true }),
  check('Pad', 'computed pads', { since: 11, inputs: [smooth(2, 3), computed(ints(0, 1, 0, 2))], linear: true }),
  check('Pad', 'gradient to the constant', { since: 11, inputs: [smooth(2, 3), ints(0, 1, 1, 0), smooth()], linear: true }),
  check('Pad', 'gradient to the constant, crop, axes', {
    since: 18,
    inputs: [smooth(2, 3, 4), ints(-1, 2, 1, 0), smooth(1), ints(2, 1)],
    linear: true,
  }),
  ...modes.flatMap((mode) => [
    ...sample(fc.array(sizes, { minLength: 1, maxLength: 2 }), 3).flatMap((axes) => {
      const pads = [0, 0, ...axes.map(({ begin }) => begin), 0, 0, ...axes.map(({ end }) => end)];
      const x = [2, 2, ...axes.map(({ size }) => size)];
      const rest = mode === 'wrap' ? { since: 19 } : {};
      return border(mode, `${x.slice(2).join('×')}, pads ${pads}`, x, pads, rest).filter((c) => (c.since ?? 0) <= (c.until ?? 26));
    }),
    check('Pad', `${mode}, axes`, {
      since: mode === 'wrap' ? 19 : 18,
      inputs: [smooth(2, 3, 4), ints(2, 0, 1, 1), undefined, ints(-1, 1)],
      attributes: { mode },
      linear: true,
    }),
    check('Pad', `${mode}, rows`, {
      since: 19,
      inputs: [smooth(3, 4), ints(2, 1, 1, 0)],
      attributes: { mode },
      linear: true,
      anyBatch: false,
    }),
    check('Pad', `${mode}, crop at the other end`, {
      since: 19,
      inputs: [smooth(2, 6, 3), ints(0, 2, 0, 0, -1, 0)],
      attributes: { mode },
      linear: true,
    }),
    check('Pad', `${mode}, computed pads`, {
      since: 19,
      inputs: [smooth(2, 3, 4), computed(ints(0, 1, 2, 0, 0, 1))],
      attributes: { mode },
      linear: true,
    }),
  ]),
];
