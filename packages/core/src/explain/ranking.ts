import type { Prediction } from './result.js';

/** Index of the first of the largest values. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  return best;
}

/** All classes, most probable first. */
export function rank(probability: Float32Array): Prediction[] {
  const order = Uint32Array.from(probability.keys()).sort((one, other) => (probability[other] ?? 0) - (probability[one] ?? 0));
  return Array.from(order, (index) => ({ index, probability: probability[index] ?? Number.NaN }));
}
