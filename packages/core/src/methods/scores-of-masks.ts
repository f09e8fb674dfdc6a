import type { Heatmap } from '../picture/image.js';
import { linearAxis, sampleMap } from '../picture/resize-map.js';
import { type RunContext, type WritePicture, weightedChannels } from '../runs/context.js';
import { maskPicture } from '../runs/pictures.js';

/** As pytorch-grad-cam has it. */
const EPSILON = 1e-8;

/**
 * What Score-CAM and its variants share: L = Σₖ wₖ Aₖ with w = softmaxₖ(s), sₖ the mean of the scores of `samples` pictures of which only what
 * channel k sees is left.
 *
 * @param prepare changes the picture before it is masked, as `samples` times for each channel
 * @param strength what the mask is multiplied with: 1, or how far along a path a sample lies
 */
export async function mapOfScoredMasks(
  context: RunContext,
  samples: number,
  { prepare, strength = () => 1 }: { prepare?: WritePicture; strength?: (sample: number) => number } = {},
): Promise<Heatmap> {
  const activations = await context.activations();
  const { channels, height, width, data } = activations;
  const mask = masks(context);
  const scores = await context.scores(channels * samples, (index, into) => {
    const [channel, sample] = [Math.floor(index / samples), index % samples];
    if (sample === 0) mask.choose({ height, width, data: data.subarray(channel * height * width, (channel + 1) * height * width) });
    prepare?.(sample, into);
    const factor = strength(sample);
    maskPicture(into, factor === 1 ? mask.data : mask.data.map((value) => factor * value), context.image);
  });
  const means = Float64Array.from({ length: channels }, (_, channel) => {
    const own = scores.subarray(channel * samples, (channel + 1) * samples);
    return own.reduce((sum, score) => sum + score, 0) / samples;
  });
  return weightedChannels(activations, softmax(means));
}

/** U: a channel resized to the input (bilinear, corners on corners), and scaled to [0, 1] by (U − min U) / (max U − min U + ε). */
function masks({ height, width }: RunContext) {
  const data = new Float32Array(height * width);
  const axis = (from: number, to: number) => linearAxis(from, to, 0, to > 1 ? (from - 1) / (to - 1) : 0);
  const choose = (channel: Heatmap) => {
    sampleMap(channel, axis(channel.width, width), axis(channel.height, height), data, 0, width);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < data.length; at++) {
      const value = data[at] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const scale = 1 / (high - low + EPSILON);
    for (let at = 0; at < data.length; at++) data[at] = ((data[at] as number) - low) * scale;
  };
  return { data, choose };
}

function softmax(scores: Float64Array): Float64Array {
  const most = scores.reduce((high, score) => Math.max(high, score), Number.NEGATIVE_INFINITY);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
