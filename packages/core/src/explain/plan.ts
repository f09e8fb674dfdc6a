import { neededFacts, type Plan } from '../graph/explanation.js';
import { chooseLayer, type LayerChoice, undecided } from '../layers/choose.js';
import { type Survey, survey } from '../layers/layers.js';
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
  const layers = choices.length === 0 ? [] : await chooseLayers(runtime, model, choices, options);
  const plan: Plan = { methods, layers };
  await learnFacts(runtime, facts, neededFacts(model, plan), options.session);
  return plan;
}

async function chooseLayers(runtime: Runtime, model: Model, choices: readonly LayerChoice[], { session }: PlanOptions) {
  let known: Survey = survey(model);
  const missing = undecided(model, known, choices);
  if (missing.length > 0) {
    await learnFacts(runtime, model.facts, missing, session);
    known = survey(model);
  }
  const chosen = choices.map((choice) => chooseLayer(model, choice, known));
  // The same layer may be meant by several choices.
  return [...new Map(chosen.map((layer) => [layer.name, layer])).values()];
}
