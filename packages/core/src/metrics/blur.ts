import { type Frame, stridesOf } from './frame.js';

/** Standard deviation of the blur: 5 pixels of a picture of 224, as RISE has it. */
const SIGMA = 5 / 224;
/** Beyond so many standard deviations the Gaussian is cut off. */
const REACH = 3;

/** A picture blurred by a Gaussian whose standard deviation is 5/224 of its shorter side; edges are continued. */
export function blur(picture: Float32Array, frame: Frame): Float32Array {
  const { channels, height, width } = frame;
  const { pixel, channel } = stridesOf(frame);
  const weights = gaussian(SIGMA * Math.min(height, width));
  const blurred = new Float32Array(picture.length);
  for (let c = 0; c < channels; c++) {
    const across = new Float64Array(height * width);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        across[y * width + x] = weigh(weights, x, width, (at) => picture[c * channel + (y * width + at) * pixel] as number);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        blurred[c * channel + (y * width + x) * pixel] = weigh(weights, y, height, (at) => across[at * width + x] as number);
  }
  return blurred;
}

/** Weights of the offsets −reach … reach; their sum is 1. */
function gaussian(sigma: number): Float64Array {
  const reach = Math.max(1, Math.ceil(REACH * sigma));
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function weigh(weights: Float64Array, centre: number, length: number, at: (position: number) => number): number {
  const reach = (weights.length - 1) / 2;
  let sum = 0;
  for (let offset = -reach; offset <= reach; offset++)
    sum += (weights[offset + reach] as number) * at(Math.min(Math.max(centre + offset, 0), length - 1));
  return sum;
}
