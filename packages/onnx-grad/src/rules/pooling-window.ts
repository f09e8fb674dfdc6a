import { type Window, type WindowAttributes, windowOf } from '../graph/window.js';
import type { RuleContext } from './rule.js';

/** The window of a pool, whose attributes must say the kernel's size. */
export function windowFrom(c: RuleContext<WindowAttributes>): Window {
  const { kernel } = c.attributes;
  if (kernel === undefined) throw c.refuse('kernel_shape', 'missing', 'given');
  return windowOf(c.attributes, kernel);
}

/** Positions that a window reads. */
export function taps(w: Window): number {
  return w.kernel.reduce((product, size) => product * size, 1);
}
