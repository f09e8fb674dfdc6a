import { makePlan } from '../explain/plan.js';
import { rank } from '../explain/ranking.js';
import type { Layer } from '../layers/layers.js';
import type { Model } from '../model/model.js';
import { probabilities } from '../model/score.js';
import { Network } from '../runs/network.js';
import type { Runtime, SessionOptions, Tensor } from '../runtime/runtime.js';
import { logit } from '../targets/logit.js';
import type { ScaledPart } from './concepts.js';
import { contributions } from './contributions.js';
import { headLogits, headOf } from './head.js';
import type { FeatureMap } from './read.js';
import type { ConceptClass, Factorization } from './result.js';

/** Classes of each picture, most probable first, to which a concept's contribution is worked out: each costs a run of the network. */
const CLASSES_ASKED = 5;

/** What {@link classesOf} asks about. */
interface Question {
  readonly runtime: Runtime;
  readonly model: Model;
  readonly layer: Layer;
  readonly images: readonly Tensor[];
  /** Of each picture. */
  readonly features: readonly FeatureMap[];
  readonly parts: readonly ScaledPart[];
  readonly session: SessionOptions;
}

/** The classes that each concept speaks for, highest score first. */
export async function classesOf(question: Question): Promise<Pick<Factorization, 'scoredBy'> & { readonly classes: ConceptClass[][] }> {
  const { runtime, model, layer, features, parts, session } = question;
  if (model.scores.kind !== 'classes') return { scoredBy: 'nothing', classes: parts.map(() => []) };
  const head = headOf(model, layer);
  if (head === undefined) return { scoredBy: 'gradient', classes: await byGradient(question) };
  const dims = features[0]?.dims ?? [];
  const vectors = parts.map(({ vector }) => vector);
  const logits = await headLogits({ runtime, model, layer, head, session }, vectors, dims);
  return { scoredBy: 'head', classes: logits.map((scores) => rankedClasses(scores, probabilities(scores, model.scores.activation))) };
}

function rankedClasses(logits: Float32Array, probability: Float32Array): ConceptClass[] {
  return rank(probability).map((prediction) => ({ ...prediction, score: logits[prediction.index] ?? Number.NaN }));
}

/** What each concept adds to the classes that the network thinks of most, the mean over the pictures. */
async function byGradient({ runtime, model, layer, images, features, parts, session }: Question): Promise<ConceptClass[][]> {
  const asked = new Set(
    features.flatMap(({ logits }) =>
      rank(logits ?? new Float32Array())
        .slice(0, CLASSES_ASKED)
        .map(({ index }) => index),
    ),
  );
  await makePlan(runtime, model, { layers: [layer.name], session });
  const network = new Network(runtime, model, logit, 1, session);
  try {
    const classes: ConceptClass[][] = parts.map(() => []);
    for (const index of asked) {
      const sums = new Float64Array(parts.length);
      for (const [which, image] of images.entries()) {
        const inImage = parts.map(({ vector, maps }) => ({ vector, strength: maps[which]?.data ?? new Float32Array() }));
        for (const [part, added] of (await contributions(network, layer, image, index, inImage)).entries())
          sums[part] = (sums[part] ?? 0) + added;
      }
      for (const [part, sum] of sums.entries()) classes[part]?.push({ index, score: sum / images.length, probability: undefined });
    }
    return classes.map((scores) => scores.sort((one, other) => other.score - one.score));
  } finally {
    await network.close();
  }
}
