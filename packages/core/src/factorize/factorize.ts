import { GradcamError } from '../errors.js';
import { layersFor } from '../explain/plan.js';
import { rank } from '../explain/ranking.js';
import { checkInput, rowsOf } from '../explain/tensors.js';
import type { LayerChoice } from '../layers/choose.js';
import { learnFacts } from '../model/learn.js';
import { type ModelOptions, readClassifier } from '../model/model.js';
import { probabilities } from '../model/score.js';
import type { Control } from '../runs/context.js';
import type { Runtime, Tensor } from '../runtime/runtime.js';
import { scaledParts, stack } from './concepts.js';
import { type Factors, factorsOf } from './nmf.js';
import { type FeatureMap, readFeatures } from './read.js';
import type { Factorization } from './result.js';
import { classesOf } from './scores.js';

export interface FactorizeOptions extends ModelOptions, Control {
  /** How many concepts; default 4. */
  readonly concepts?: number;
  /** `auto` (default), `last-conv`, or the name of a value. */
  readonly layer?: LayerChoice;
}

/** Enough for what a photograph shows, few enough to tell their colours apart. */
export const DEFAULT_CONCEPTS = 4;

/**
 * Deep feature factorisation (Collins, Achanta and Süsstrunk 2018, arXiv 1806.10206): what the network tells apart in some pictures, without
 * a class being asked for. The activations A of a layer at all positions of all pictures, a matrix without negative numbers, are factorised
 * into a few concepts: each a vector of channels v and a map h for each picture, A ≈ Σₖ vₖ·hₖ. Where A is negative, it counts as 0
 * (`clipped` says how much that was).
 *
 * What a concept means to the network is told by the classes that its vector speaks for: see {@link Factorization.scoredBy}.
 *
 * The numbers depend on nothing random. `progress` is told of the pictures; `signal` stops the work between two of them and between two
 * sweeps of the factorisation.
 *
 * @param images each a batch of one, as the network takes it
 * @throws OnnxGradError, GradcamError as `openExplainer`; `limit` for more concepts than the layer can have
 */
export async function factorize(
  runtime: Runtime,
  bytes: Uint8Array,
  images: readonly Tensor[],
  options: FactorizeOptions = {},
): Promise<Factorization> {
  const { concepts: count = DEFAULT_CONCEPTS, layer: choice = 'auto', session = {}, signal, progress } = options;
  const model = await readClassifier(runtime, bytes, options);
  // Of several, one for each scale of a detector, the last sees most of the picture at once.
  const layer = (await layersFor(runtime, model, [choice], { session })).at(-1);
  if (layer === undefined) throw new GradcamError('no-layer', `the model has no layer '${choice}'`);
  await learnFacts(runtime, model.facts, [layer.name, model.scores.logits], session);
  if (images.length === 0) throw new GradcamError('invalid-tensor', 'expected at least one picture to factorise, but got none');
  for (const image of images) {
    checkInput(model.input, image);
    if (rowsOf(image) !== 1) throw new GradcamError('invalid-tensor', `expected each picture as a batch of one, but got ${rowsOf(image)}`);
  }
  const stopIfAborted = () => {
    if (signal?.aborted) throw new GradcamError('aborted', 'the factorisation was stopped before it was done');
  };
  const features: FeatureMap[] = [];
  await readFeatures(runtime, model, layer, images, session, (feature) => {
    features.push(feature);
    progress?.(features.length, images.length, 'pictures');
    stopIfAborted();
  });

  const volumes = features.map(({ activations }) => activations);
  const { matrix, clipped } = stack(volumes, layer.name);
  const most = Math.min(matrix.rows, matrix.columns);
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new GradcamError(
      'limit',
      `expected 1 to ${most} concepts, as many as layer '${layer.name}' has channels or positions, but ${count} were asked for`,
    );
  let factors: Factors | undefined;
  for (factors of factorsOf(matrix, count)) stopIfAborted();
  const parts = factors === undefined ? [] : scaledParts(factors, volumes);
  const { scoredBy, classes } = await classesOf({ runtime, model, layer, images, features, parts, session });
  return {
    layer: layer.name,
    concepts: parts.map(({ vector, share }, index) => ({ vector, share, classes: classes[index] ?? [] })),
    images: features.map(({ logits }, image) => ({
      predictions: logits === undefined ? [] : rank(probabilities(logits, model.scores.activation)),
      maps: parts.flatMap(({ maps }) => maps[image] ?? []),
    })),
    scoredBy,
    error: Math.sqrt(factors?.error ?? 1),
    clipped,
  };
}
