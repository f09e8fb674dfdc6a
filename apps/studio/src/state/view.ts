import type { ColormapName } from '@gradcam/core';
import { signal } from '@preact/signals';

/** One class, two beside each other, or why the one and not the other. */
export type Mode = 'one' | 'beside' | 'against';

/** What of picture and heatmap is shown. */
export type Show = 'overlay' | 'picture' | 'map';

/** Everything that the page shows but the bytes of pictures and models: what its URL says. */
export interface View {
  /** A bundled example by its name, or `file:` and the name of a picture of the user's own. */
  readonly picture: string;
  /** `everyday`, the bundled one; `zoo:` and a name; `file:` and the name of a model of the user's own. */
  readonly model: string;
  /** How pictures become the model's input where that is not as the model says: a preset's name, or the schema as JSON. */
  readonly preprocess: string | undefined;
  readonly mode: Mode;
  /** The class that is explained; undefined: the most probable. */
  readonly class: number | undefined;
  /** The second class, beside the first or against it; undefined: the most probable of the others. */
  readonly other: number | undefined;
  /** Name of a layer, or `auto`. */
  readonly layer: string;
  /** Name of a method. */
  readonly method: string;
  readonly show: Show;
  /** Share of the colours in the overlay, 0 … 1. */
  readonly alpha: number;
  readonly colormap: ColormapName;
  /** Level of the contour as a share of the highest value, 0 … 1; 0: none. */
  readonly contour: number;
}

export const DEFAULT_VIEW: View = {
  picture: 'airplane-and-truck',
  model: 'everyday',
  preprocess: undefined,
  mode: 'one',
  class: undefined,
  other: undefined,
  layer: 'auto',
  method: 'gradcam',
  show: 'overlay',
  alpha: 0.55,
  colormap: 'inferno',
  contour: 0,
};

/** What the page shows. Read `.value`; write with {@link change}. */
export const view = signal<View>(DEFAULT_VIEW);

/** Changes parts of the view; nothing happens where all of them are so already. */
export function change(parts: Partial<View>): void {
  const now = view.peek();
  const differs = (Object.keys(parts) as (keyof View)[]).some((key) => parts[key] !== now[key]);
  if (differs) view.value = { ...now, ...parts };
}
