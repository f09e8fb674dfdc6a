import fc from 'fast-check';
import type { NewAttribute } from '../bytes/write.js';
import { type Case, check, constant, grid, type Input, ints } from './case.js';
import { count } from './tensor.js';

/** Draws for cases that are generated: the same in every run. */
export function sample<T>(arbitrary: fc.Arbitrary<T>, size: number): T[] {
  return fc.sample(arbitrary, { numRuns: size, seed: 20_260 });
}

const BROADCAST: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 3, 4],
    [2, 3, 4],
  ],
  [[2, 3, 4], [4]],
  [
    [2, 1, 4],
    [3, 1],
  ],
  [[3], [2, 3]],
  [[2, 3], []],
];

/** Pairs of shapes that numpy broadcasts: some that are known to differ, and random ones. */
export const broadcastShapes = [
  ...BROADCAST,
  ...sample(
    fc
      .array(fc.record({ size: fc.integer({ min: 2, max: 4 }), spread: fc.constantFrom('none', 'none', 'left', 'right') }), {
        minLength: 2,
        maxLength: 4,
      })
      .chain((axes) =>
        fc
          .record({ left: fc.nat(1), right: fc.nat(1) })
          .map(({ left, right }): readonly [number[], number[]] => [
            axes.map(({ size, spread }) => (spread === 'left' ? 1 : size)).slice(left),
            axes.map(({ size, spread }) => (spread === 'right' ? 1 : size)).slice(left === 1 ? 0 : right),
          ]),
      ),
    4,
  ),
];

/** One case for each pair of shapes; `inputs` makes the two tensors. */
export function broadcasting(
  operator: string,
  inputs: (left: readonly number[], right: readonly number[]) => readonly Input[],
  rest: Partial<Omit<Case, 'operator' | 'title' | 'inputs'>> = {},
): Case[] {
  return broadcastShapes.map(([left, right]) => check(operator, `[${left}] with [${right}]`, { inputs: inputs(left, right), ...rest }));
}

/** The two forms of an operator whose axes are an attribute at first and an input from some operator set on. */
export function withAxes(
  operator: string,
  title: string,
  inputSince: number,
  x: Input,
  axes: readonly number[],
  rest: Partial<Omit<Case, 'operator' | 'title' | 'inputs'>> = {},
): Case[] {
  const attribute: Readonly<Record<string, NewAttribute>> = { axes, ...rest.attributes };
  // Operator sets before 11 count axes from the front only.
  const since = Math.max(rest.since ?? 0, axes.some((axis) => axis < 0) ? 11 : 0);
  return [
    check(operator, `${title}, axes as attribute`, { ...rest, since, until: inputSince - 1, inputs: [x], attributes: attribute }),
    check(operator, `${title}, axes as input`, { ...rest, since: inputSince, inputs: [x, ints(...axes)] }),
  ].filter(({ since = 0, until = Number.POSITIVE_INFINITY }) => since <= until);
}

/** A sliding window as drawn: sizes of the input, and the attributes that say how the window slides. */
export interface DrawnWindow {
  readonly title: string;
  readonly space: readonly number[];
  readonly kernel: readonly number[];
  readonly attributes: Readonly<Record<string, NewAttribute>>;
  readonly ceil: boolean;
  readonly dilated: boolean;
  /** Whether rounding up adds a window that would begin in the padding at the end, which runtimes leave out. */
  readonly drops: boolean;
}

const axis = fc.record({
  size: fc.integer({ min: 4, max: 7 }),
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.constantFrom(1, 1, 2),
  begin: fc.integer({ min: 0, max: 2 }),
  end: fc.integer({ min: 0, max: 2 }),
});

const window = fc.record({
  axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  padding: fc.constantFrom('pads', 'pads', 'VALID', 'SAME_UPPER', 'SAME_LOWER'),
  ceil: fc.boolean(),
});

/** Random windows. Pads are smaller than the kernel, as pools demand. */
export function windows(size: number, { ceil, dilations }: { readonly ceil: boolean; readonly dilations: boolean }): DrawnWindow[] {
  const drawn = sample(window, size);
  return drawn.map((w) => {
    const pads = (side: 'begin' | 'end') => w.axes.map((one) => Math.min(one[side], one.kernel - 1));
    const kernel = w.axes.map((one) => one.kernel);
    const dilated = dilations && w.padding === 'pads' && w.axes.some(({ dilation }) => dilation > 1);
    const rounds = ceil && w.ceil && w.padding === 'pads';
    // Where windows leave gaps, SAME would be a negative padding.
    const strides = w.axes.map(({ stride, kernel: size }) => (w.padding.startsWith('SAME') ? Math.min(stride, size) : stride));
    const drops =
      rounds &&
      w.axes.some(({ size, stride, kernel: taps, dilation }, index) => {
        const [begin, end] = [pads('begin')[index] ?? 0, pads('end')[index] ?? 0];
        const room = size + begin + end - ((dilated ? dilation : 1) * (taps - 1) + 1);
        return Math.ceil(room / stride) * stride >= size + begin;
      });
    const attributes = {
      kernel_shape: kernel,
      strides,
      ...(w.padding === 'pads' ? { pads: [...pads('begin'), ...pads('end')] } : { auto_pad: w.padding }),
      ...(dilated ? { dilations: w.axes.map(({ dilation }) => dilation) } : {}),
      ...(rounds ? { ceil_mode: 1 } : {}),
    };
    const space = w.axes.map((one) => one.size);
    const words = Object.entries(attributes).map(([name, value]) => `${name} ${value}`);
    return { title: `${space.join('×')}, ${words.join(', ')}`, space, kernel, attributes, ceil: rounds, dilated, drops };
  });
}

/** A pool over a random window. @param dilationsSince first operator set in which the pool has dilations */
export function pools(operator: string, size: number, dilationsSince: number, rest: Partial<Case> = {}): Case[] {
  return windows(size, { ceil: true, dilations: true }).map(({ title, space, attributes, ceil, dilated, drops }) =>
    check(operator, title, {
      ...rest,
      inputs: [grid(2, 2, ...space)],
      attributes: { ...attributes, ...rest.attributes },
      // ONNX's own shape inference counts a dropped window before operator set 22, and contradicts the runtime.
      since: Math.max(rest.since ?? 0, ceil ? 10 : 0, dilated ? dilationsSince : 0, drops ? 22 : 0),
    }),
  );
}

/** A weight whose numbers are constants of the model. */
export function weight(...dims: number[]): Input {
  return constant({ ...grid(...dims), draw: (next) => Array.from({ length: count(dims) }, () => 2 * next() - 1) });
}
