import { GradcamError } from '../errors.js';
import type { Heatmap } from '../picture/image.js';
import type { Volume } from '../picture/volume.js';
import { inner, type Matrix } from './matrix.js';
import type { Factors } from './nmf.js';

/** Numbers of all feature maps together; the factorisation keeps three copies of 8 bytes each. */
const MAX_NUMBERS = 2 ** 25;

/** Feature maps as a matrix [positions of all pictures, channels], without what is negative. */
export interface Stack {
  readonly matrix: Matrix;
  /** Of the squares of all numbers, those of the negative ones. */
  readonly clipped: number;
}

/** @throws GradcamError `limit`; `no-layer` where nothing is positive; `invalid-tensor` for numbers that are not finite */
export function stack(volumes: readonly Volume[], layer: string): Stack {
  const columns = volumes[0]?.channels ?? 0;
  const rows = volumes.reduce((sum, { height, width }) => sum + height * width, 0);
  if (rows * columns > MAX_NUMBERS)
    throw new GradcamError(
      'limit',
      `expected feature maps of at most ${MAX_NUMBERS} numbers together, but '${layer}' has ${rows * columns}; give fewer pictures, or a later layer`,
    );
  const data = new Float64Array(rows * columns);
  let [negative, row] = [0, 0];
  for (const { height, width, data: values } of volumes) {
    const positions = height * width;
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      if (value > 0) data[(row + (index % positions)) * columns + Math.floor(index / positions)] = value;
      else negative += value * value;
    }
    row += positions;
  }
  const positive = inner(data, data);
  if (!Number.isFinite(positive + negative))
    throw new GradcamError(
      'invalid-tensor',
      `layer '${layer}' holds numbers that are not finite: are the pictures scaled as the model expects it?`,
    );
  if (positive === 0)
    throw new GradcamError('no-layer', `layer '${layer}' is positive nowhere, so that it has no concepts; choose another layer`);
  return { matrix: { rows, columns, data }, clipped: negative / (positive + negative) };
}

/** A part of a factorisation, scaled so that its map is 1 where it is strongest. */
export interface ScaledPart {
  readonly vector: Float32Array;
  /** Of the squared numbers of all parts, those of this one. */
  readonly share: number;
  /** The maps, one a volume. */
  readonly maps: readonly Heatmap[];
}

/** The parts of a factorisation of {@link stack}, largest share first. What the factorisation has lost is left out. */
export function scaledParts({ weights, vectors, parts: count }: Factors, volumes: readonly Volume[]): ScaledPart[] {
  const parts = Array.from({ length: count }, (_, part) => {
    const weight = weights.filter((_value, index) => index % count === part);
    const vector = vectors.filter((_value, index) => index % count === part);
    const strongest = weight.reduce((most, value) => Math.max(most, value), 0);
    return { weight, vector, strongest, square: inner(weight, weight) * inner(vector, vector) };
  });
  const found = parts.filter(({ square }) => square > 0).sort((one, other) => other.square - one.square);
  const total = found.reduce((sum, { square }) => sum + square, 0);
  return found.map(({ weight, vector, strongest, square }) => {
    let row = 0;
    const maps = volumes.map(({ height, width }): Heatmap => {
      const from = row;
      row += height * width;
      return { height, width, data: Float32Array.from(weight.subarray(from, row), (value) => value / strongest) };
    });
    return { vector: Float32Array.from(vector, (value) => value * strongest), share: square / total, maps };
  });
}
