import { neededFacts, type Plan } from '../graph/explanation.js';
import { chooseLayer, type LayerChoice, undecided } from '../layers/choose.js';
import { findMethod } from '../methods/index.js';
import { learnFacts } from '../model/learn.js';
import type { Model, ModelOptions } from '../model/model.js';
import type { Runtime } from '../runtime/runtime.js';

/** What to explain, and how. */
export interface PlanOptions extends ModelOptions {
  /** `auto` (default), `last-conv`, or names of values; the maps of several are fused. */
  readonly layers?: readonly LayerChoice[];
  /** Names of methods; default `gradcam`. */
  readonly methods?: readonly string[];
}

/** Finds methods and layers by name or rule, and learns from the runtime what appending them needs to know. */
export async function makePlan(runtime: Runtime, model: Model, options: PlanOptions): Promise<Plan> {
  const methods = (options.methods ?? ['gradcam']).map(findMethod);
  const choices = methods.some((method) => method.of === 'layer') ? (options.layers ?? ['auto']) : [];
  const { facts } = model;
  await learnFacts(runtime, facts, undecided(model, choices), options.session);
  const layers = new Map(choices.map((choice) => chooseLayer(model, choice)).map((layer) => [layer.name, layer]));
  const plan: Plan = { methods, layers: [...layers.values()] };
  await learnFacts(runtime, facts, neededFacts(model, plan), options.session);
  return plan;
}
