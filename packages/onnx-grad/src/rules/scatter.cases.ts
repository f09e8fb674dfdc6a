import type { NewAttribute } from '../bytes/write.js';
import { type Case, check, constant, fixed, grid, type Input, positive, SPACING, smooth } from '../testing/case.js';

const indices = (dims: number[], ...values: number[]) => constant(fixed(dims, values, 'int64'));

interface Form {
  readonly x: (...dims: number[]) => Input;
  readonly since: number;
  readonly linear: boolean;
}

/** Linear in data and in updates, but not where a place is met several times and all are multiplied. */
const forms: Readonly<Record<string, Form>> = {
  none: { x: smooth, since: 11, linear: true },
  add: { x: smooth, since: 16, linear: true },
  mul: { x: positive, since: 16, linear: false },
  max: { x: grid, since: 18, linear: false },
  min: { x: grid, since: 18, linear: false },
};

/** Data and updates at every other place of one grid, so that no two come near each other. */
const halves = (form: Form, data: readonly number[], updates: readonly number[]): [Input, Input] => {
  const apart = (dims: readonly number[], offset: number): Input => ({
    ...grid(...dims),
    draw: (next) =>
      grid(...dims)
        .draw(next)
        .map((value) => 2 * value + offset),
  });
  return form.x === grid ? [apart(data, 0), apart(updates, SPACING)] : [form.x(...data), form.x(...updates)];
};

const each = (make: (name: string, form: Form, attributes: Readonly<Record<string, NewAttribute>>) => Case[]): Case[] =>
  Object.entries(forms).flatMap(([name, form]) => make(name, form, name === 'none' ? {} : { reduction: name }));

const cache = (
  title: string,
  attributes: Readonly<Record<string, NewAttribute>>,
  from: number[] | undefined,
  update = [from?.length ?? 2, 2, 2, 3],
): Case =>
  check('TensorScatter', title, {
    since: 24,
    inputs: [smooth(update[0] ?? 1, 2, 4, 3), smooth(...update), ...(from === undefined ? [] : [fixed([from.length], from, 'int64')])],
    attributes,
    linear: true,
    // The positions of a batch belong to its rows.
    ...(from === undefined || from.length === 1 ? {} : { anyBatch: false }),
  });

export const scatterCases: readonly Case[] = [
  ...each((name, form, attributes) => {
    const distinct = name === 'none';
    const make = (title: string, data: number[], places: Input, axis: number, rest: Partial<Case> = {}) => {
      const [x, updates] = halves(form, data, places.dims);
      const { since, linear } = form;
      return check('ScatterElements', `${name}, ${title}`, {
        since,
        linear,
        inputs: [x, places, updates],
        attributes: { ...attributes, axis },
        ...rest,
      });
    };
    return [
      make('last axis', [2, 4], indices([2, 3], 3, 1, distinct ? 2 : 3, 2, 0, distinct ? 1 : 0), -1, { anyBatch: false }),
      make('first axis, fewer elements', [3, 3], indices([2, 2], 0, -1, distinct ? 1 : 0, 1), 0, { anyBatch: false }),
      make('a batch of one', [1, 4, 2], fixed([1, 2, 2], [3, 0, distinct ? 1 : 3, 2], 'int64'), 1),
    ];
  }),
  check('ScatterElements', 'mul, zeros', {
    since: 16,
    inputs: [fixed([5], [2, 3, 0, 4, 2]), indices([5], 0, 0, 1, 2, 3), fixed([5], [0, 0, 0, 3, 5])],
    attributes: { reduction: 'mul' },
    anyBatch: false,
  }),
  check('Scatter', 'data', {
    since: 9,
    until: 10,
    inputs: [smooth(2, 4), indices([2, 2], 3, 1, 0, 2), constant(smooth(2, 2))],
    attributes: { axis: 1 },
    linear: true,
  }),
  check('Scatter', 'a batch of one', {
    since: 9,
    until: 10,
    inputs: [smooth(1, 4), fixed([1, 2], [3, 1], 'int64'), constant(smooth(1, 2))],
    attributes: { axis: 1 },
    linear: true,
  }),
  check('Scatter', 'updates', {
    since: 9,
    until: 10,
    inputs: [constant(smooth(2, 4)), indices([2, 2], 3, 1, 0, 2), smooth(2, 2)],
    attributes: { axis: 1 },
    linear: true,
    needs: 11,
  }),
  ...each((name, form, attributes) => {
    const distinct = name === 'none';
    const make = (title: string, data: number[], places: Input, updates: number[], rest: Partial<Case> = {}) => {
      const { since, linear } = form;
      const [x, u] = halves(form, data, updates);
      return check('ScatterND', `${name}, ${title}`, { since, linear, inputs: [x, places, u], attributes, anyBatch: false, ...rest });
    };
    return [
      make('elements', [3, 4], indices([3, 2], 0, 1, 2, 3, distinct ? 1 : 0, 1), [3]),
      make('parts', [4, 3], indices([2, 1], 1, distinct ? -1 : 1), [2, 3]),
    ];
  }),
  cache('from the first', {}, undefined),
  cache('from a position', {}, [1, 2]),
  cache('a batch of one', {}, [1]),
  cache('circular', { mode: 'circular' }, [3, 1]),
  cache('another axis', { axis: 1, mode: 'circular' }, [1, 0], [2, 1, 4, 3]),
];
