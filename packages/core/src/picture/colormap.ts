import { GradcamError } from '../errors.js';
import { inferno, turbo, viridis } from './colormap-tables.js';

/** Colours of a heatmap by name. */
export type ColormapName = 'jet' | 'viridis' | 'inferno' | 'turbo' | 'greys';

/** 256 colours, `table[3 * i + channel]`, channel order RGB, index 0 for the value 0 and 255 for the value 1. */
export type Colormap = Uint8Array;

/**
 * The colour maps. `jet` is OpenCV's COLORMAP_JET, which Grad-CAM figures are traditionally drawn with (it exaggerates edges);
 * `viridis` and `inferno` are perceptually uniform; `turbo` is a smoother rainbow; `greys` goes from black (0) to white (1).
 */
export const colormaps: Readonly<Record<ColormapName, Colormap>> = {
  jet: fromFormula(jet),
  viridis: fromHex(viridis),
  inferno: fromHex(inferno),
  turbo: fromHex(turbo),
  greys: fromFormula((i) => [i, i, i]),
};

/** The table of a name that came from outside. @throws GradcamError `unknown-method` that lists the names */
export function colormap(name: string): Colormap {
  if (Object.hasOwn(colormaps, name)) return colormaps[name as ColormapName];
  const given = JSON.stringify(name.slice(0, 40));
  throw new GradcamError('unknown-method', `there is no colour map ${given}; choose one of ${Object.keys(colormaps).join(', ')}`);
}

/** Index into a table for a value in [0, 1]; what lies outside is clamped, NaN is 0. */
export function colorIndex(value: number): number {
  // Truncated, not rounded: this runs for each pixel of a picture, and takes a third of the time.
  return value > 0 ? (value < 1 ? (255 * value + 0.5) | 0 : 255) : 0;
}

/** OpenCV's JET as integers: four ramps of slope 4, with OpenCV's own rounding at their ends. */
function jet(i: number): readonly [number, number, number] {
  const red = i < 96 ? 0 : i < 160 ? 4 * (i - 96) + 2 : i < 224 ? 255 : 128 + 4 * (255 - i);
  const green = i <= 32 ? 0 : i < 96 ? 4 * (i - 32) : i < 160 ? 255 : Math.max(0, 4 * (223 - i));
  const blue = i < 32 ? 128 + 4 * i : i < 96 ? 255 : i < 159 ? 254 - 4 * (i - 96) : i === 159 ? 1 : 0;
  return [red, green, blue];
}

function fromFormula(color: (i: number) => readonly [number, number, number]): Colormap {
  return Uint8Array.from(Array.from({ length: 256 }, (_, i) => color(i)).flat());
}

function fromHex(hex: string): Colormap {
  const digits = hex.replaceAll('\n', '');
  return Uint8Array.from({ length: 768 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
