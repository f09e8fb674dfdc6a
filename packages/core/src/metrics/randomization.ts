import { inline, readModel } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Explainer } from '../explain/explainer.js';
import { type ExplainerOptions, openExplainer } from '../explain/open.js';
import type { Heatmap } from '../picture/image.js';
import type { Control } from '../runs/context.js';
import { randomFrom } from '../runs/random.js';
import type { Runtime, Tensor } from '../runtime/runtime.js';
import { type Estimate, estimate } from './bootstrap.js';
import { spearman } from './correlation.js';
import { shuffle, weightedLayers } from './weights.js';

export interface RandomizationOptions extends ExplainerOptions {
  /** At how many depths the maps are looked at, evenly from the last layer to all of them; default 12. The model is loaded once for each. */
  readonly depths?: number;
}

/** A picture whose maps are watched. */
export interface Watched {
  readonly input: Tensor;
  /** Default: the class that is most probable before anything is randomised. */
  readonly class?: number;
}

/** How far down weights were randomised. */
export interface Depth {
  /** The layer that was reached, and its operator. */
  readonly layer: string;
  readonly operator: string;
  /** Layers that have random weights, counted from the scores. */
  readonly randomized: number;
}

/** What became of the maps of one method. */
export interface MethodSanity {
  readonly method: string;
  /** Spearman's rank correlation with the map of the trained network, over pictures: one a depth. Empty where no picture has a map to compare with. */
  readonly correlations: readonly Estimate[];
  /** Whether the map depends on what the network learned. */
  readonly passes: boolean | undefined;
  /** The same in words. */
  readonly verdict: string;
}

export interface Sanity {
  readonly depths: readonly Depth[];
  readonly methods: readonly MethodSanity[];
}

const DEPTHS = 12;
/** Size of the correlation with all weights random, up to which a map has nothing in common with the trained network's; and from which on they are the same. */
const DIFFERENT = 0.3;
const ALIKE = 0.7;
/** The end of the file that is left free, so that explanations are appended without a copy. */
const ROOM = 2 ** 20;

/**
 * Cascading parameter randomisation (Adebayo et al. 2018, arXiv 1810.03292): the weights are put in a random order layer by layer, from the scores
 * down, and the maps must change. One that stays shows edges of the picture, not what the network learned.
 *
 * The bytes are copied once; every layer is shuffled where it lies in the copy.
 *
 * @param pictures whose maps are watched, as the network takes them
 * @throws as `openExplainer` does; GradcamError `unsupported-model` where no layer has weights, `aborted`
 */
export async function randomizeParameters(
  runtime: Runtime,
  bytes: Uint8Array,
  pictures: readonly Watched[],
  options: RandomizationOptions = {},
  control: Control = {},
): Promise<Sanity> {
  const trained = await openExplainer(runtime, bytes, options);
  const random = randomFrom(options.seed ?? 0);
  const copy = copied(bytes, options);
  const layers = weightedLayers(copy.graph, trained.model.scores.logits);
  const watched: Explained[] = [];
  try {
    if (layers.length === 0) throw new GradcamError('unsupported-model', 'no layer of the model has weights that could be randomised');
    for (const picture of pictures) watched.push(await explained(trained, picture, control.signal));
  } finally {
    await trained.close();
  }
  const depths: Depth[] = [];
  const found = new Map<string, Estimate[]>();
  let reached = 0;
  for (const randomized of evenly(layers.length, options.depths ?? DEPTHS)) {
    for (const { weights } of layers.slice(reached, randomized)) for (const tensor of weights) shuffle(tensor, random);
    reached = randomized;
    const explainer = await openExplainer(runtime, copy.graph.bytes, copy.options);
    const maps: Pick<Explained, 'heatmaps'>[] = [];
    try {
      for (const picture of watched) maps.push(await explained(explainer, picture, control.signal).catch(nothingLeft));
    } finally {
      await explainer.close();
    }
    const layer = layers[randomized - 1];
    depths.push({ layer: layer?.name ?? '', operator: layer?.operator ?? '', randomized });
    for (const { method } of trained.explained.methods) {
      const values = watched.flatMap(
        ({ heatmaps }, index) => similarity(heatmaps.get(method.name), maps[index]?.heatmaps.get(method.name)) ?? [],
      );
      if (values.length > 0) found.set(method.name, [...(found.get(method.name) ?? []), estimate(values, randomFrom(options.seed ?? 0))]);
    }
    control.progress?.(randomized, layers.length, 'randomization');
  }
  const methods = trained.explained.methods.map(({ method: { name } }) => ({ method: name, ...verdict(found.get(name) ?? []) }));
  return { depths, methods };
}

/** The model once more, with its weights at hand; functions and branches in their place, so that all layers show. */
function copied(bytes: Uint8Array, { session, ...options }: RandomizationOptions) {
  const whole = inline(readModel(bytes)).bytes;
  const room = new Uint8Array(whole.length + ROOM);
  room.set(whole);
  // Weights in files are copied, too, and no longer read from their folder.
  const { externalFolder: _, ...rest } = session ?? {};
  const externalData = session?.externalData && new Map(Array.from(session.externalData, ([name, data]) => [name, data.slice()]));
  const graph = readModel(room.subarray(0, whole.length), externalData && { externalData });
  return { graph, options: { ...options, room, session: { ...rest, ...(externalData && { externalData }) } } };
}

/** A picture's class and maps, by the method's name. */
interface Explained extends Watched {
  readonly heatmaps: ReadonlyMap<string, Heatmap>;
}

async function explained(explainer: Explainer, { input, class: asked }: Watched, signal: Control['signal']): Promise<Explained> {
  if (signal?.aborted) throw new GradcamError('aborted', 'the randomisation was stopped before it was done');
  const { explanations } = await explainer.explainOne(input, asked === undefined ? [] : [asked], { signal });
  const heatmaps = new Map(explanations.map(({ method, heatmap }) => [method, heatmap]));
  const index = explanations[0]?.class.index;
  return { input, ...(index !== undefined && { class: index }), heatmaps };
}

/** Random weights may make numbers that are not finite: then nothing is left of the maps. */
function nothingLeft(error: unknown): Pick<Explained, 'heatmaps'> {
  if (error instanceof GradcamError && error.code === 'no-gradient') return { heatmaps: new Map() };
  throw error;
}

/** Rank correlation; 0 where nothing is left of the map; undefined where there was none to begin with. */
function similarity(before: Heatmap | undefined, after: Heatmap | undefined): number | undefined {
  const empty = (map: Heatmap | undefined) => map === undefined || map.data.every((value) => value === map.data[0]);
  if (before === undefined || empty(before)) return undefined;
  return after === undefined || empty(after) ? 0 : spearman(before.data, after.data);
}

/** 1 … count, at most so many of them, the last included. */
function evenly(count: number, most: number): number[] {
  const depths = Math.min(count, Math.max(1, most));
  return Array.from({ length: depths }, (_, index) => Math.round(((index + 1) * count) / depths));
}

function verdict(correlations: readonly Estimate[]): Omit<MethodSanity, 'method'> {
  const last = correlations.at(-1)?.mean;
  if (last === undefined) return { correlations, passes: undefined, verdict: 'not measurable: no picture has a map to compare with' };
  const value = last.toFixed(2);
  // A map that turns into its own negative is as little the network's as one that stays.
  const left = Math.abs(last);
  if (left <= DIFFERENT)
    return { correlations, passes: true, verdict: `passes: with all weights random, the rank correlation is ${value}` };
  if (left < ALIKE)
    return { correlations, passes: false, verdict: `doubtful: with all weights random, a rank correlation of ${value} stays` };
  return {
    correlations,
    passes: false,
    verdict: `fails: the map is much the same (rank correlation ${value}) where nothing is left of what was learned`,
  };
}
