import type { Attributes } from '../graph/attributes.js';
import { type Window, type WindowAttributes, windowAttributes, windowOf } from '../graph/window.js';
import type { RuleContext } from './rule.js';

/** What convolutions and transposed ones have in common. */
export interface ConvAttributes {
  readonly window: WindowAttributes;
  readonly group: number;
}

export function convAttributes(a: Attributes): ConvAttributes {
  return { window: windowAttributes(a), group: a.int('group', 1) };
}

/** The window of a convolution. Kernel sizes are those of the weight, which every runtime knows; `kernel_shape` only repeats them. */
export function convWindow(c: RuleContext<ConvAttributes>): Window {
  const sizes = c.attributes.window.kernel ?? c.dims(c.input(1)).slice(2);
  const kernel = sizes.map((size) => {
    if (typeof size === 'number') return size;
    throw c.refuse('the kernel size', `'${size}', known only at run time`, 'fixed');
  });
  return windowOf(c.attributes.window, kernel);
}
