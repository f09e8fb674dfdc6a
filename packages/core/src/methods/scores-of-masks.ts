import type { Heatmap } from '../picture/image.js';
import { type LinearAxis, linearAxis, sampleScaled } from '../picture/resize-map.js';
import type { Volume } from '../picture/volume.js';
import { type RunContext, type WriteMask, weightedChannels } from '../runs/context.js';

/** As pytorch-grad-cam has it. */
const EPSILON = 1e-8;

/** How a variant scores a series of masks. @param write fills mask `index`: of sample `index % samples` of a channel */
export type ScoreMasks = (count: number, write: WriteMask) => Promise<Float64Array>;

/**
 * What Score-CAM and its variants share: L = Σₖ wₖ Aₖ with w = softmaxₖ(s), sₖ the mean of the scores of `samples` pictures of which only what
 * channel k sees is left.
 *
 * @param score default: of the picture times the mask
 * @param strength what the mask of a sample is multiplied with
 */
export async function mapOfScoredMasks(
  context: Pick<RunContext, 'activations' | 'maskedScores' | 'height' | 'width'>,
  samples: number,
  { score = context.maskedScores.bind(context), strength = () => 1 }: { score?: ScoreMasks; strength?: (sample: number) => number } = {},
): Promise<Heatmap> {
  const activations = await context.activations();
  const { height, width } = activations;
  const maps = mapsOf(activations);
  // The masks of channels that are the same everywhere are all zeros: one of them is scored for all.
  const blank = maps.find(isConstant);
  const scored = maps.filter((map) => map === blank || !isConstant(map));
  const [columns, rows] = [cornersOnCorners(width, context.width), cornersOnCorners(height, context.height)];
  const scores = await score(scored.length * samples, (index, mask) => {
    const map = scored[Math.floor(index / samples)];
    if (map === undefined) throw new RangeError(`there is no mask ${index}`);
    // strength · U, with U = (Aₖ − min Aₖ) / (max Aₖ − min Aₖ + ε) of the resized channel.
    const { least, most, write } = sampleScaled(map, columns, rows);
    write(mask, strength(index % samples) / (most - least + EPSILON));
  });
  const means = new Map<Heatmap | undefined, number>();
  for (const [index, map] of scored.entries()) means.set(map, meanOf(scores.subarray(index * samples, (index + 1) * samples)));
  const weights = softmax(Float64Array.from(maps, (map) => means.get(map) ?? means.get(blank) ?? Number.NaN));
  return weightedChannels(activations, weights);
}

/** The maps of all channels. */
function mapsOf({ channels, height, width, data }: Volume): Heatmap[] {
  const size = height * width;
  return Array.from({ length: channels }, (_, channel) => ({ height, width, data: data.subarray(channel * size, (channel + 1) * size) }));
}

function isConstant({ data }: Heatmap): boolean {
  return data.every((value) => value === data[0]);
}

function meanOf(scores: Float64Array): number {
  return scores.reduce((sum, value) => sum + value, 0) / scores.length;
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
