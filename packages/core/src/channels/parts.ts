import type { Heatmap } from '../picture/image.js';
import type { Volume } from '../picture/volume.js';

/**
 * What the Grad-CAM of one class is made of (Selvaraju et al. 2017, arXiv 1610.02391): L = Σₖ αₖAₖ over the channels k of a layer.
 * Plain numbers: they can be sent to another thread. The functions of this file take them apart.
 */
export interface ChannelParts {
  /** Name of the layer. */
  readonly layer: string;
  /** Index of the class. */
  readonly class: number;
  /** The score y. */
  readonly score: number;
  /** αₖ, the mean over positions of ∂y/∂Aₖ: one number for each channel. */
  readonly weights: Float32Array;
  /** A, the feature maps: [channels, h, w]. */
  readonly activations: Volume;
  /** ∂y/∂A: [channels, h, w]. */
  readonly gradients: Volume;
  /** L before ReLU: [h, w]. */
  readonly map: Heatmap;
}

/** What one channel says at one position. */
export interface Voice {
  readonly channel: number;
  /** αₖAₖ(p): positive speaks for the class, negative against it. */
  readonly value: number;
}

/** One channel of a volume: [h, w]. A view, not a copy. */
export function channelOf({ width, height, data }: Volume, channel: number): Heatmap {
  const size = width * height;
  return { width, height, data: data.subarray(channel * size, (channel + 1) * size) };
}

/** αₖAₖ, the contribution of a channel: [h, w]. */
export function contributionOf(parts: ChannelParts, channel: number): Heatmap {
  return sumOfContributions(parts, [channel]);
}

/** Σ αₖAₖ over some of the channels, before ReLU: [h, w]. Over all of them it is the map. */
export function sumOfContributions({ weights, activations }: ChannelParts, channels: Iterable<number>): Heatmap {
  const { width, height, data } = activations;
  const size = width * height;
  const sum = new Float64Array(size);
  for (const channel of channels) {
    const weight = weights[channel] ?? 0;
    for (let at = 0; at < size; at++) sum[at] = (sum[at] as number) + weight * (data[channel * size + at] as number);
  }
  return { width, height, data: Float32Array.from(sum) };
}

/**
 * How much of all that is said each channel says: Σₚ|αₖAₖ(p)|, divided by its sum over the channels. Shares are in [0, 1] and add up to 1; all
 * are 0 where no channel says anything.
 */
export function contributionShares({ weights, activations }: ChannelParts): Float64Array {
  const { channels, width, height, data } = activations;
  const size = width * height;
  const said = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let at = 0; at < size; at++) sum += Math.abs(data[channel * size + at] as number);
    said[channel] = Math.abs(weights[channel] ?? 0) * sum;
  }
  const total = said.reduce((sum, value) => sum + value, 0);
  return total > 0 ? said.map((value) => value / total) : said;
}

/** Channels by the size of a number that each has, largest first; of equals the first comes first. @param values as weights, or as shares */
export function rankChannels(values: ArrayLike<number>): number[] {
  const size = (channel: number) => Math.abs(values[channel] ?? 0);
  return Array.from(values, (_, channel) => channel).sort((one, other) => size(other) - size(one) || one - other);
}

/**
 * Which channels speak at a position: all of them, loudest first. Their values add up to L there.
 *
 * @param position row · width + column of the layer's grid
 */
export function voicesAt({ weights, activations }: ChannelParts, position: number): Voice[] {
  const { width, height, data } = activations;
  const values = weights.map((weight, channel) => weight * (data[channel * width * height + position] ?? 0));
  return rankChannels(values).map((channel) => ({ channel, value: values[channel] ?? 0 }));
}
