import { findPath, type GraphBuilder, gradient, keepsRows, type Learn, type Value } from 'onnx-grad';
import type { Fusion } from '../explain/heatmap.js';
import type { Layer } from '../layers/layers.js';
import { inputLayout, type Place } from '../layers/layout.js';
import type { Chosen, DecompositionMethod, GraphMethod, Method } from '../methods/method.js';
import type { Model } from '../model/model.js';
import { chooseTarget } from '../targets/index.js';
import { logit } from '../targets/logit.js';
import type { Target } from '../targets/target.js';
import { contextOf, type Scored } from './context.js';
import { appendHeatmap, type SignedMap } from './heatmap.js';
import { appendClasses, appendTarget, type Classes, type Differentiated } from './target.js';

/** What is to be explained, by which methods. */
export interface Plan {
  readonly methods: readonly Method[];
  /** The layers whose maps are fused; methods that explain pixels ignore them. */
  readonly layers: readonly Layer[];
  /** What methods explain that chose for themselves. */
  readonly chosen: ReadonlyMap<Method, Chosen>;
  /** How the maps of several layers become one heatmap, for the methods that do not say. */
  readonly fusion: Fusion;
  /** The score y, for the methods that do not define their own. */
  readonly target: Target;
  /** −1: what speaks against the class, by negated gradients. */
  readonly sign: 1 | -1;
  /** Of everything random that is appended. */
  readonly seed: number;
}

/** What one method appended for one layer: its map, or what is decomposed to it. */
export type Part = { readonly map: Value } | { readonly matrix: Value };

/** One method of a plan. */
export interface ExplainedMethod {
  readonly method: Method;
  /** The values it explains. */
  readonly of: readonly string[];
  /** What was appended for each of them; nothing for a method that runs the network by itself. */
  readonly parts: readonly Part[];
  /** The signed maps among the parts. */
  readonly maps: readonly SignedMap[];
}

/** The nodes of an explanation, not yet named as outputs. */
export interface Explained extends Classes {
  /** y of each row, [R]; undefined where it is the logit, which can be read from the logits. */
  readonly score: Value | undefined;
  readonly methods: readonly ExplainedMethod[];
  /** Whether several classes of one image can share one run. */
  readonly sharesRows: boolean;
}

type AppendedMethod = GraphMethod | DecompositionMethod;

/** What a method explains. */
export function placesOf(model: Model, { layers, chosen }: Pick<Plan, 'layers' | 'chosen'>, method: Method): readonly Place[] {
  const own = chosen.get(method)?.places;
  return own ?? (method.of === 'input' ? [{ name: model.input.name, layout: inputLayout(model.input) }] : layers);
}

/** The appended methods among some, and those by whose heatmaps they multiply. */
function appended(methods: readonly Method[]): AppendedMethod[] {
  return methods
    .filter(isAppended)
    .flatMap((method) => [method, ...(method.kind === 'graph' && method.times !== undefined ? [method.times] : [])]);
}

/** Values of the graph that a plan differentiates with respect to. */
export function explainedValues(model: Model, plan: Plan, methods: readonly AppendedMethod[] = appended(plan.methods)): string[] {
  const differentiating = methods.filter(({ gradient }) => gradient);
  const values = differentiating.flatMap((method) => [
    ...placesOf(model, plan, method).map(({ name }) => name),
    ...(plan.chosen.get(method)?.reads ?? []),
  ]);
  return [...new Set(values)];
}

/** Values whose facts are needed to append the plan: those between what is explained and the logits. */
export function neededFacts(model: Model, plan: Plan): string[] {
  const { graph, facts, scores } = model;
  const wrt = explainedValues(model, plan);
  if (wrt.length === 0) return [scores.logits];
  const { values, steps } = findPath(graph, facts, wrt, [scores.logits]);
  const inputs = steps.flatMap(({ node }) => node.inputs.filter((name) => name !== '' && !graph.initializers.has(name)));
  return [...new Set([...values, ...inputs, scores.logits])];
}

/** Appends what answers the plan: class, score, gradient, signed maps. @param learn tells the facts of the graph with new nodes */
export async function appendExplanation(b: GraphBuilder, model: Model, plan: Plan, learn: Learn, chosen?: Value): Promise<Explained> {
  const { graph, facts, input, scores } = model;
  const classes = appendClasses(b, scores, chosen, plan.target);
  const surroundings = { b, input, seed: plan.seed, learn };
  const scored = new Map<Target, Differentiated>();
  const score = async (target: Target): Promise<Differentiated> => {
    const made = scored.get(target) ?? (await appendTarget(b, scores, classes, target, plan.sign, learn));
    scored.set(target, made);
    return made;
  };
  const found: { readonly like: AppendedMethod; readonly differentiated: Scored }[] = [];
  const differentiatedFor = async (method: AppendedMethod): Promise<Scored> => {
    const target = method.target === undefined ? plan.target : chooseTarget(scores, method.target);
    const alike = (other: AppendedMethod) => (other.target ?? plan.target) === target && other.rewrite === method.rewrite;
    const known = found.find(({ like }) => alike(like));
    if (known !== undefined) return known.differentiated;
    const sharing = appended(plan.methods).filter(alike);
    const { cotangent, score: y } = await score(target);
    const gradients = gradient(b, new Map([[scores.logits, cotangent]]), explainedValues(model, plan, sharing), method.rewrite);
    const differentiated = { score: y, gradients };
    found.push({ like: method, differentiated });
    return differentiated;
  };
  const explain = async (method: Method): Promise<ExplainedMethod> => {
    const places = placesOf(model, plan, method);
    const parts: Part[] = [];
    const maps: SignedMap[] = [];
    for (const place of isAppended(method) ? places : []) {
      if (!isAppended(method)) break;
      const scored = method.gradient ? await differentiatedFor(method) : undefined;
      const context = contextOf(surroundings, place, plan.chosen.get(method), scored);
      if (method.kind === 'decomposition') parts.push({ matrix: await method.matrix(context) });
      else {
        const own = await method.map(context);
        const map = method.times === undefined ? own : b.mul(own, appendHeatmap(b, (await explain(method.times)).maps, input, plan.fusion));
        parts.push({ map });
        maps.push({ space: place.layout.grid, map });
      }
    }
    return { method, of: places.map(({ name }) => name), parts, maps };
  };
  const methods: ExplainedMethod[] = [];
  for (const method of plan.methods) methods.push(await explain(method));
  let sharesRows: boolean | undefined;
  return {
    ...classes,
    score: plan.target === logit ? undefined : (await score(plan.target)).score,
    methods,
    get sharesRows() {
      const wrt = explainedValues(model, plan);
      sharesRows ??=
        !plan.methods.some((method) => isAppended(method) && method.rows === 'apart') &&
        (wrt.length === 0 || keepsRows(findPath(graph, facts, wrt, [scores.logits]), facts, input.batch));
      return sharesRows;
    },
  };
}

function isAppended(method: Method): method is AppendedMethod {
  return method.kind !== 'runs';
}
