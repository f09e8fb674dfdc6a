import type { ColormapName } from '@gradcam/core';
import { DEFAULT_VIEW, type Mode, type Show, type View } from './view.js';

/** Longest text that is taken from an address: the preprocessing as JSON. */
const MAX_TEXT = 2000;

const MODES: readonly Mode[] = ['one', 'beside', 'against'];
const SHOWS: readonly Show[] = ['overlay', 'picture', 'map'];
export const COLORMAPS: readonly ColormapName[] = ['inferno', 'viridis', 'turbo', 'jet', 'greys'];

/** One part of the view in the address: how it is written, and read where it is sound. */
interface Field<Value> {
  readonly write: (value: Value) => string | undefined;
  readonly read: (text: string) => Value | undefined;
}

const text: Field<string> = { write: (value) => value, read: (value) => (value !== '' && value.length <= MAX_TEXT ? value : undefined) };
const optionalText: Field<string | undefined> = { write: (value) => value, read: text.read };

const index: Field<number | undefined> = {
  write: (value) => value?.toString(),
  read: (value) => (/^\d{1,7}$/.test(value) ? Number(value) : undefined),
};

const share: Field<number> = {
  write: (value) => String(Math.round(100 * value) / 100),
  read: (value) => (/^(?:0(?:\.\d+)?|1(?:\.0+)?|\.\d+)$/.test(value) ? Number(value) : undefined),
};

function word<Word extends string>(words: readonly Word[]): Field<Word> {
  return { write: (value) => value, read: (value) => words.find((one) => one === value) };
}

const fields: { readonly [Key in keyof View]: Field<View[Key]> } = {
  picture: text,
  model: text,
  preprocess: optionalText,
  mode: word(MODES),
  class: index,
  other: index,
  layer: text,
  method: text,
  show: word(SHOWS),
  alpha: share,
  colormap: word(COLORMAPS),
  contour: share,
};

const keys = Object.keys(fields) as readonly (keyof View)[];

/** The view as the part of an address behind `#`: what differs from the first view. That part is sent to no server. */
export function viewToHash(view: View): string {
  const parameters = new URLSearchParams();
  const add = <Key extends keyof View>(key: Key) => {
    const written = view[key] === DEFAULT_VIEW[key] ? undefined : fields[key].write(view[key]);
    if (written !== undefined) parameters.set(key, written);
  };
  keys.forEach(add);
  return parameters.toString();
}

/** The view that an address says; what is missing or is not sound there is as in the first view. */
export function viewFromHash(hash: string): View {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const read = <Key extends keyof View>(key: Key): Partial<View> => {
    const written = parameters.get(key);
    const value = written === null ? undefined : fields[key].read(written);
    return value === undefined ? {} : { [key]: value };
  };
  return Object.assign({}, DEFAULT_VIEW, ...keys.map(read));
}
