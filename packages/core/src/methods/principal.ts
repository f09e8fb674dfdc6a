import type { Heatmap } from '../picture/image.js';
import type { Volume } from '../picture/volume.js';
import { type Eigenpair, largestEigenpair } from './lanczos.js';

/**
 * PC1(M): X · v₁ for M as X [positions, channels] less the means of its columns, v₁ its first right singular vector. That is u · √λ for the largest
 * eigenpair (λ, u) of XXᵀ, which is never written out. Of its two signs, the one that makes the entry of largest size positive.
 */
export function principalComponent(volume: Volume): Heatmap {
  const { channels, height, width } = volume;
  const size = height * width;
  const x = centred(volume);
  const gram = (vector: Float64Array) => {
    const product = new Float64Array(size);
    for (let channel = 0; channel < channels; channel++) {
      const row = x.subarray(channel * size, (channel + 1) * size);
      let sum = 0;
      for (let at = 0; at < size; at++) sum += (row[at] as number) * (vector[at] as number);
      for (let at = 0; at < size; at++) product[at] = (product[at] as number) + sum * (row[at] as number);
    }
    return product;
  };
  return { height, width, data: component(largestEigenpair(size, gram)) };
}

/** M less the mean of each channel. */
export function centred({ channels, height, width, data }: Volume): Float64Array {
  const size = height * width;
  const centred = Float64Array.from(data);
  for (let channel = 0; channel < channels; channel++) {
    const row = centred.subarray(channel * size, (channel + 1) * size);
    const mean = row.reduce((sum, value) => sum + value, 0) / size;
    for (let at = 0; at < size; at++) row[at] = (row[at] as number) - mean;
  }
  return centred;
}

/** u · √λ, the entry of largest size positive. */
export function component({ value, vector }: Eigenpair): Float32Array {
  let largest = 0;
  for (const entry of vector) if (Math.abs(entry) > Math.abs(largest)) largest = entry;
  const scale = Math.sqrt(Math.max(value, 0)) * (largest < 0 ? -1 : 1);
  return Float32Array.from(vector, (entry) => entry * scale);
}

/** Sums smaller than this share of their terms' sizes are what rounding left of terms that cancel, as before a layer normalisation. */
const ROUNDING = 1e-5;

/** A map or its negative: the one that correlates with the sum over channels of some terms; the map itself where neither does. */
export function along({ channels, height, width, data }: Volume, map: Heatmap): Heatmap {
  const size = height * width;
  const sums = Float64Array.from({ length: size }, (_, at) => {
    let [sum, sizes] = [0, 0];
    for (let index = at; index < channels * size; index += size) {
      sum += data[index] as number;
      sizes += Math.abs(data[index] as number);
    }
    return Math.abs(sum) > ROUNDING * sizes ? sum : 0;
  });
  const mean = sums.reduce((total, sum) => total + sum, 0) / size;
  const correlation = sums.reduce((total, sum, at) => total + (sum - mean) * (map.data[at] as number), 0);
  return correlation < 0 ? { ...map, data: map.data.map((value) => -value) } : map;
}
