import { OnnxGradError } from '../errors.js';
import { MAX_WINDOW } from '../limits.js';
import type { Attributes } from './attributes.js';
import type { Dimension } from './types.js';

/**
 * Sliding windows, which convolutions and pools share: pure arithmetic. Output position o of an axis reads the input positions
 * o·stride − padBegin + i·dilation, i = 0 … kernel − 1.
 */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins of all axes, then ends. Zeros where `autoPad` decides. */
  readonly pads: readonly number[];
  readonly autoPad: 'NOTSET' | 'VALID' | 'SAME_UPPER' | 'SAME_LOWER';
  /** Whether a window that begins inside may end outside of the padded input. */
  readonly ceil: boolean;
}

/** The window attributes of a node; `kernel_shape` may come from a weight instead. */
export interface WindowAttributes extends Omit<Window, 'kernel' | 'strides' | 'dilations' | 'pads'> {
  readonly kernel: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly dilations: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
}

export function windowAttributes(a: Attributes): WindowAttributes {
  const counts = (name: string) => {
    const given = a.ints(name);
    const wrong = given?.find((value) => value < 1 || value > MAX_WINDOW);
    if (wrong !== undefined) throw a.refuse(name, String(wrong), `from 1 to ${MAX_WINDOW} along each axis`);
    return given;
  };
  return {
    kernel: counts('kernel_shape'),
    strides: counts('strides'),
    dilations: counts('dilations'),
    pads: a.ints('pads'),
    autoPad: a.choice('auto_pad', 'NOTSET', ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER']),
    ceil: a.int('ceil_mode', 0) === 1,
  };
}

/** The window with its defaults filled in for a kernel of known size. */
export function windowOf(attributes: WindowAttributes, kernel: readonly number[]): Window {
  const ones = kernel.map(() => 1);
  const { strides = ones, dilations = ones, autoPad, ceil } = attributes;
  const pads = autoPad === 'NOTSET' ? (attributes.pads ?? [...kernel, ...kernel].map(() => 0)) : [...kernel, ...kernel].map(() => 0);
  if (strides.length !== kernel.length || dilations.length !== kernel.length || pads.length !== 2 * kernel.length)
    throw new OnnxGradError(
      'invalid-model',
      `expected a window of ${kernel.length} axes to have as many strides and dilations, and two pads for each, but it has ${strides.length}, ${dilations.length} and ${pads.length}`,
    );
  return { kernel, strides, dilations, pads, autoPad, ceil };
}

/** Entry of a list of numbers, one an axis. */
export const at = (list: readonly number[], index: number): number => list[index] ?? 0;

/** Positions that a window spans along an axis. */
export function extent(w: Window, axis: number): number {
  return at(w.dilations, axis) * (at(w.kernel, axis) - 1) + 1;
}

/** Whether windows may reach outside of the input. */
export function reachesOutside(w: Window): boolean {
  return w.ceil || w.autoPad.startsWith('SAME') || w.pads.some((pad) => pad !== 0);
}

/** Padding at the begin of an axis, where it is fixed without knowing the input's size. */
export function beginPad(w: Window, axis: number): number | undefined {
  if (!w.autoPad.startsWith('SAME')) return at(w.pads, axis);
  if (at(w.strides, axis) !== 1) return undefined;
  return half(extent(w, axis) - 1, w);
}

/** Padding at the end of an axis, where it is fixed without knowing the input's size; a stride may leave some of it unread. */
export function endPad(w: Window, axis: number): number | undefined {
  if (!w.autoPad.startsWith('SAME')) return at(w.pads, axis + w.kernel.length);
  const begin = beginPad(w, axis);
  return begin === undefined ? undefined : extent(w, axis) - 1 - begin;
}

/** The begin's share of a padding that is computed: the odd one goes to the end for SAME_UPPER. */
export function half(total: number, w: Window): number {
  return w.autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
}

/** How many windows an axis of this size has. */
export function windowCount(w: Window, axis: number, size: number): number {
  const stride = at(w.strides, axis);
  if (w.autoPad.startsWith('SAME')) return Math.ceil(size / stride);
  const begin = at(w.pads, axis);
  const room = size + begin + at(w.pads, axis + w.kernel.length) - extent(w, axis);
  if (!w.ceil) return Math.floor(room / stride) + 1;
  const count = Math.ceil(room / stride) + 1;
  // A window that would begin in the padding at the end is dropped.
  return (count - 1) * stride >= size + begin ? count - 1 : count;
}

/** Begin and end padding with which `count` windows span an axis of this size exactly; the end may be negative. */
export function exactPads(w: Window, axis: number, size: number): { begin: number; end: number } {
  const spanned = (windowCount(w, axis, size) - 1) * at(w.strides, axis) + extent(w, axis);
  const begin = beginPad(w, axis) ?? half(Math.max(spanned - size, 0), w);
  return { begin, end: spanned - begin - size };
}

/** Padding with which the windows span every axis exactly, as `exactPads`; undefined where it depends on sizes that are known only at run time. */
export function knownPads(w: Window, space: readonly Dimension[]): { begin: number; end: number }[] | undefined {
  const pads = space.map((size, axis) => {
    if (typeof size === 'number') return exactPads(w, axis, size);
    const [begin, end] = [beginPad(w, axis), endPad(w, axis)];
    return at(w.strides, axis) === 1 && begin !== undefined && end !== undefined ? { begin, end } : undefined;
  });
  const known = pads.filter((each) => each !== undefined);
  return known.length === pads.length ? known : undefined;
}
