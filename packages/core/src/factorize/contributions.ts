import { volumeOf } from '../explain/outputs.js';
import type { Layer } from '../layers/layers.js';
import type { Volume } from '../picture/volume.js';
import type { Network } from '../runs/network.js';
import type { Tensor } from '../runtime/runtime.js';

/** A concept in the feature map of one picture: Aₖ ≈ v·hₖ. */
export interface Part {
  /** v, one number for each channel. */
  readonly vector: Float32Array;
  /** h, one number for each position. */
  readonly strength: Float32Array;
}

/**
 * How much each concept adds to the logit of a class in one picture, to first order: Σ G ⊙ (v·h). The parts of all concepts add up to what
 * the factorisation keeps of Σ G ⊙ A.
 */
export async function contributions(
  network: Network,
  layer: Layer,
  image: Tensor,
  index: number,
  parts: readonly Part[],
): Promise<number[]> {
  const { session, classes, gradient = '' } = await network.differentiating(layer);
  const chosen: Tensor = { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(index)) };
  const outputs = await session.run({ [network.model.input.name]: image, [classes]: chosen }, [gradient]);
  const volume = volumeOf(outputs, gradient, 0);
  return parts.map((part) => contribution(volume, part));
}

function contribution({ channels, height, width, data }: Volume, { vector, strength }: Part): number {
  const positions = height * width;
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) {
    let slope = 0;
    for (let at = 0; at < positions; at++) slope += (data[channel * positions + at] as number) * (strength[at] as number);
    sum += (vector[channel] as number) * slope;
  }
  return sum;
}
