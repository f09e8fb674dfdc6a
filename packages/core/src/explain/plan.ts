import { GradcamError } from '../errors.js';
import { neededFacts, type Plan } from '../graph/explanation.js';
import { chooseLayers, type LayerChoice, undecided } from '../layers/choose.js';
import { type Layer, type Survey, survey, untold } from '../layers/layers.js';
import { findMethod } from '../methods/index.js';
import type { Chosen, Method } from '../methods/method.js';
import { learnFacts } from '../model/learn.js';
import type { Model, ModelOptions } from '../model/model.js';
import type { Runtime } from '../runtime/runtime.js';
import { chooseTarget } from '../targets/index.js';
import type { Target } from '../targets/target.js';
import { type Fusion, fusions } from './heatmap.js';
import { inOnePass, runsNeeded } from './one-pass.js';

/** What to explain, and how. */
export interface PlanOptions extends ModelOptions {
  /** `auto` (default), `last-conv`, or names of values; the maps of several are fused. */
  readonly layers?: readonly LayerChoice[];
  /** How the heatmaps of several layers become one; default `mean`. */
  readonly fusion?: Fusion;
  /** Names of methods, or methods of one's own; default `gradcam`. */
  readonly methods?: readonly (string | Method)[];
  /** The score that is explained: a target's name, or one of one's own; default: what suits the output, `logit` for class scores. */
  readonly target?: string | Target;
  /** Explain what speaks against the class: all gradients negated. */
  readonly counterfactual?: boolean;
  /** Of everything random; default 0. */
  readonly seed?: number;
}

/** Methods by name, or as they are. @throws GradcamError `unknown-method` */
export function findMethods(methods: PlanOptions['methods'] = ['gradcam']): readonly Method[] {
  return methods.map((method) => (typeof method === 'string' ? findMethod(method) : method));
}

/** Finds methods and layers by name or rule, and learns from the runtime what appending them needs to know. */
export async function makePlan(runtime: Runtime, model: Model, options: PlanOptions): Promise<Plan> {
  const methods = findMethods(options.methods);
  if (options.counterfactual) for (const method of methods) requireCounterfactual(method);
  const target = chooseTarget(model.scores, options.target);
  const { facts } = model;
  const { session } = options;
  // `auto` is what is explained without a choice, which some methods make themselves.
  const asked = options.layers?.every((choice) => choice === 'auto') ? undefined : options.layers;
  const choices = methods.some(usesLayers) ? asked : undefined;
  const named = choices && (await layersFor(runtime, model, choices, options));
  const layers = named ?? (methods.some(needsLayer) ? await layersFor(runtime, model, ['auto'], options) : []);
  const whole = async () => {
    await learnFacts(runtime, facts, untold(model, survey(model).traced), session);
    return survey(model);
  };
  const chosen = new Map<Method, Chosen>();
  for (const method of methods)
    if (method.kind !== 'runs' && method.choose !== undefined)
      chosen.set(method, await method.choose({ model, named: named ?? [], survey: whole }));
  const fusion = options.fusion ?? 'mean';
  if (!fusions.includes(fusion))
    throw new GradcamError('invalid-setting', `expected 'fusion' as mean, max or product, but got '${fusion}'`);
  const plan: Plan = {
    methods: runsNeeded(model, layers, target) === undefined ? methods.map(inOnePass) : methods,
    layers,
    chosen,
    fusion,
    target,
    sign: options.counterfactual ? -1 : 1,
    seed: options.seed ?? 0,
  };
  await learnFacts(runtime, facts, neededFacts(model, plan), session);
  return plan;
}

/** @throws GradcamError `unknown-method` for a method whose map is the same for and against */
function requireCounterfactual(method: Method): void {
  if (method.counterfactual !== false && (method.kind === 'runs' || method.gradient)) return;
  throw new GradcamError(
    'unknown-method',
    `method '${method.name}' cannot show what speaks against a class: it reads no gradient that could be negated, or only its size; methods such as gradcam, hirescam and gradientxinput can`,
  );
}

/** Whether a method explains layers. */
function usesLayers(method: Method): boolean {
  return method.of === 'layer' || (method.kind === 'graph' && method.times?.of === 'layer');
}

/** Whether it explains `auto` where none is named. */
function needsLayer(method: Method): boolean {
  return usesLayers(method) && (method.kind === 'runs' || method.choose === undefined);
}

/** Layers by name or rule. @throws GradcamError `unknown-layer`, `no-layer` */
export async function layersFor(
  runtime: Runtime,
  model: Model,
  choices: readonly LayerChoice[],
  { session }: PlanOptions,
): Promise<readonly Layer[]> {
  let known: Survey = survey(model);
  const missing = undecided(model, known, choices);
  if (missing.length > 0) {
    await learnFacts(runtime, model.facts, missing, session);
    known = survey(model);
  }
  const chosen = choices.flatMap((choice) => chooseLayers(model, choice, known));
  // The same layer may be meant by several choices.
  return [...new Map(chosen.map((layer) => [layer.name, layer])).values()];
}
