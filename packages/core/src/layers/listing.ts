import { learnFacts } from '../model/learn.js';
import type { Model } from '../model/model.js';
import type { Runtime, SessionOptions } from '../runtime/runtime.js';
import { autoLayers, convolutions, lastConvolution } from './choose.js';
import { type Layer, survey, untold } from './layers.js';

/** A layer as `gradcam layers` lists it. */
export interface LayerListing extends Layer {
  /** Whether `auto` means this one. */
  readonly isDefault: boolean;
  /** Whether `last-conv` means this one. */
  readonly isLastConvolution: boolean;
}

export interface ListLayersOptions {
  readonly session?: SessionOptions;
}

/** Every layer that can be explained, in the order of the graph, with the default marked. @throws GradcamError `no-layer` where there is none */
export async function layersOf(runtime: Runtime, model: Model, { session = {} }: ListLayersOptions = {}): Promise<LayerListing[]> {
  const { graph, facts, scores } = model;
  await learnFacts(runtime, facts, untold(model, survey(model).traced), session);
  const { layers } = survey(model);
  const auto = autoLayers(model, layers);
  const hasConvolution = layers.some(({ operator }) => convolutions.has(operator));
  const conv = hasConvolution ? lastConvolution(graph, scores, layers) : undefined;
  return layers.map((layer) => ({ ...layer, isDefault: auto.includes(layer), isLastConvolution: layer === conv }));
}
