import { ancestors } from 'onnx-grad';
import { neededFacts, type Plan } from '../graph/explanation.js';
import { chooseLayer, isSpatial, type LayerChoice } from '../layers/layers.js';
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
  const { graph, facts, scores } = model;
  await learnFacts(runtime, facts, undecided(model, choices), options.session);
  const layers = [...new Set(choices.map((choice) => chooseLayer(graph, facts, scores, choice)))];
  const plan: Plan = { methods, layers };
  await learnFacts(runtime, facts, neededFacts(model, plan), options.session);
  return plan;
}

/**
 * Values whose shape must be known before a layer can be chosen: those that are named, and for a rule those behind the last
 * known feature map, any of which might be a later one. For a convolutional network there are none, and no runtime is asked.
 */
function undecided({ graph, facts, scores }: Model, choices: readonly LayerChoice[]): string[] {
  const unknown = (value: string) => facts.of(value).dims === undefined;
  const named = choices.filter((choice) => graph.has(choice) && unknown(choice));
  if (!choices.some((choice) => choice === 'auto' || choice === 'last-conv')) return named;
  const behind: string[] = [];
  const needed = ancestors(graph, [scores.logits]);
  for (const node of graph.nodes.toReversed()) {
    const [output = ''] = node.outputs;
    if (!needed.has(node)) continue;
    if (isSpatial(facts.of(output).dims)) break;
    if (unknown(output)) behind.push(output);
  }
  return [...named, ...behind];
}
