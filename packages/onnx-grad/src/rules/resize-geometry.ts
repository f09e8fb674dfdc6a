import type { Value } from '../build/builder.js';
import type { RuleContext } from './rule.js';

/** What a node that resizes says, in whichever operator set's form. */
export interface ResizeAttributes {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  /** The axes of which scales and sizes speak; default: all. */
  readonly axes: readonly number[] | undefined;
  readonly policy: string;
  /** Scales as an attribute: Upsample before operator set 9. */
  readonly scales: readonly number[] | undefined;
  readonly antialias: boolean;
  /** Where the inputs stand: their order changed with operator set 11, before which there was no region. */
  readonly inputs: { readonly roi: number; readonly scales: number };
}

export type Resizing = RuleContext<ResizeAttributes>;

/** Where an axis stands in the lists of scales and sizes; −1 where it does not. */
export function place(c: Resizing, axis: number): number {
  return c.attributes.axes?.map((given) => c.axis(given)).indexOf(axis) ?? axis;
}

/** The input of scales; undefined where sizes are given instead. */
export function scalesInput(c: Resizing): Value | undefined {
  const value = c.optional(c.attributes.inputs.scales);
  // Operator sets 11 and 12 write an empty list there.
  return value === undefined || c.facts.of(value).dims?.[0] === 0 ? undefined : value;
}

export function fixedScale(c: Resizing, axis: number): number | undefined {
  const scales = c.attributes.scales ?? c.facts.graph.constant(scalesInput(c) ?? '')?.data;
  return place(c, axis) < 0 ? 1 : scales?.[place(c, axis)];
}

/** Whether an axis may be anything but what it was. */
export function changes(c: Resizing, axis: number): boolean {
  if (place(c, axis) < 0) return false;
  // Runtimes interpolate no batch.
  if (axis === 0 && c.rank(c.x) > 3 && c.attributes.mode !== 'nearest') return false;
  if (c.attributes.coordinates === 'tf_crop_and_resize' || c.attributes.policy !== 'stretch') return true;
  const scale = fixedScale(c, axis);
  if (scale !== undefined) return scale !== 1;
  const size = c.dims(c.x)[axis];
  const same = size !== '' && size === c.dims(c.y)[axis];
  // Computed scales may be so near 1 that the size stays; but nobody resizes batch and channels so.
  return !same || (scalesInput(c) !== undefined && axis > 1);
}

/** Whether only a region of the image is resized. */
export function ofRegion(c: Resizing): boolean {
  return c.attributes.coordinates === 'tf_crop_and_resize';
}
