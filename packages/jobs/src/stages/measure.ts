import { energyInside, GradcamError, type Heatmap, locate } from '@gradcam/core';
import type { Picture } from './read.js';

/** What the table says of a heatmap; null where it is not defined. */
export interface Measures {
  readonly energyInside: number | null;
  readonly entropy: number | null;
  readonly centerX: number | null;
  readonly centerY: number | null;
}

/** Figures of the numbers: beyond these, pictures do not differ. */
const DIGITS = 6;

/** Measures a heatmap over the network's input. */
export function measure(heatmap: Heatmap, picture: Picture | undefined): Measures {
  const center = centerOf(heatmap, picture);
  return {
    energyInside: rounded(insideOf(heatmap, picture)),
    entropy: rounded(entropyOf(heatmap)),
    centerX: rounded(center?.[0]),
    centerY: rounded(center?.[1]),
  };
}

/** H = −Σ pᵢ log₂ pᵢ with p the heatmap as shares of its sum, divided by log₂ of the number of positions. */
export function entropyOf({ data }: Heatmap): number | undefined {
  // −Σ pᵢ log pᵢ = log S − (Σ vᵢ log vᵢ) / S for pᵢ = vᵢ / S: one pass.
  let [sum, weighted] = [0, 0];
  for (let at = 0; at < data.length; at++) {
    const value = data[at] as number;
    if (value <= 0) continue;
    sum += value;
    weighted += value * Math.log(value);
  }
  if (sum === 0 || data.length < 2) return undefined;
  return Math.min(1, Math.max(0, (Math.log(sum) - weighted / sum) / Math.log(data.length)));
}

/** The centre of mass in the picture, 0 to 1 from its left and top; in the network's input where there is no picture. */
export function centerOf({ width, height, data }: Heatmap, picture?: Pick<Picture, 'image' | 'placement'>) {
  let [sum, across, down] = [0, 0, 0];
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const value = data[at] as number;
      sum += value;
      across += value * (x + 0.5);
      down += value * (y + 0.5);
    }
  if (sum === 0) return undefined;
  const { left, top, scaleX, scaleY } = picture?.placement ?? { left: 0, top: 0, scaleX: 1, scaleY: 1 };
  const size = picture?.image ?? { width, height };
  // A letterbox may pull the centre over the picture's edge.
  const share = (position: number, length: number) => Math.min(1, Math.max(0, position / length));
  return [share(left + (scaleX * across) / sum, size.width), share(top + (scaleY * down) / sum, size.height)] as const;
}

function insideOf(heatmap: Heatmap, picture: Picture | undefined): number | undefined {
  if (picture?.region === undefined) return undefined;
  try {
    return energyInside(locate(heatmap, { region: picture.region, placement: picture.placement }));
  } catch (error) {
    // A map that is zero, or a thing that the network was not shown, has no share.
    if (error instanceof GradcamError && error.code === 'not-measurable') return undefined;
    throw error;
  }
}

function rounded(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(DIGITS));
}
