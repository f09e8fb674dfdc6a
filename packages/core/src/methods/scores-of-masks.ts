import type { Heatmap } from '../picture/image.js';
import { type LinearAxis, linearAxis, sampleScaled } from '../picture/resize-map.js';
import { type RunContext, type WriteMask, weightedChannels } from '../runs/context.js';

/** As pytorch-grad-cam has it. */
const EPSILON = 1e-8;

/** How a variant scores a series of masks. @param write fills mask `index`; masks `k · samples` and on belong to channel k */
export type ScoreMasks = (count: number, write: WriteMask) => Promise<Float64Array>;

/**
 * What Score-CAM and its variants share: L = Σₖ wₖ Aₖ with w = softmaxₖ(s), sₖ the mean of the scores of `samples` pictures of which only what
 * channel k sees is left.
 *
 * @param score default: of the picture times the mask
 * @param strength what the mask of a sample is multiplied with
 */
export async function mapOfScoredMasks(
  context: RunContext,
  samples: number,
  { score = context.maskedScores.bind(context), strength = () => 1 }: { score?: ScoreMasks; strength?: (sample: number) => number } = {},
): Promise<Heatmap> {
  const activations = await context.activations();
  const { channels, height, width, data } = activations;
  const size = height * width;
  const [columns, rows] = [cornersOnCorners(width, context.width), cornersOnCorners(height, context.height)];
  const scores = await score(channels * samples, (index, mask) => {
    const from = Math.floor(index / samples) * size;
    // strength · U, with U = (Aₖ − min Aₖ) / (max Aₖ − min Aₖ + ε) of the resized channel.
    const { least, most, write } = sampleScaled({ height, width, data: data.subarray(from, from + size) }, columns, rows);
    write(mask, strength(index % samples) / (most - least + EPSILON));
  });
  const means = Float64Array.from({ length: channels }, (_, channel) => {
    const own = scores.subarray(channel * samples, (channel + 1) * samples);
    return own.reduce((sum, value) => sum + value, 0) / samples;
  });
  return weightedChannels(activations, softmax(means));
}

/** Bilinear resizing that lays corners on corners. */
function cornersOnCorners(from: number, to: number): LinearAxis {
  return linearAxis(from, to, 0, to > 1 ? (from - 1) / (to - 1) : 0);
}

function softmax(scores: Float64Array): Float64Array {
  const most = scores.reduce((high, score) => Math.max(high, score), Number.NEGATIVE_INFINITY);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
