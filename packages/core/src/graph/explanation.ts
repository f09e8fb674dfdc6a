import { findPath, type GraphBuilder, gradient, keepsRows, type Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Method } from '../methods/method.js';
import type { Model } from '../model/model.js';
import { appendHeatmap, type SignedMap, type Weights } from './heatmap.js';
import { classLogit, type Target } from './target.js';

/** What is to be explained, by which methods. */
export interface Plan {
  readonly methods: readonly Method[];
  /** Names of the layers whose maps are fused; methods that explain pixels ignore them. */
  readonly layers: readonly string[];
}

/** The nodes of an explanation, not yet named as outputs. */
export interface Explained {
  readonly target: Target;
  /** For each method the values it explained, the signed map of each, and the heatmap fused of them. */
  readonly methods: readonly {
    readonly method: Method;
    readonly of: readonly string[];
    readonly maps: readonly Value[];
    readonly heatmap: Value;
  }[];
  /** Whether several classes of one image can share one run. */
  readonly sharesRows: boolean;
}

/** Values of the graph that a plan differentiates with respect to. */
export function explainedValues(model: Model, { methods, layers }: Plan): string[] {
  return [...new Set(methods.flatMap((method) => (method.of === 'input' ? [model.input.name] : layers)))];
}

/** Values whose facts are needed to append the plan: those between what is explained and the logits. */
export function neededFacts(model: Model, plan: Plan): string[] {
  const { graph, facts, scores } = model;
  const { values, steps } = findPath(graph, facts, explainedValues(model, plan), [scores.logits]);
  const inputs = steps.flatMap(({ node }) => node.inputs.filter((name) => name !== '' && !graph.initializers.has(name)));
  return [...new Set([...values, ...inputs, scores.logits])];
}

/** Appends everything that answers the plan: class, score, gradient, maps, heatmaps. */
export function appendExplanation(b: GraphBuilder, model: Model, plan: Plan, weights: Weights, chosen?: Value): Explained {
  const { graph, facts, input, scores } = model;
  const wrt = explainedValues(model, plan);
  const target = classLogit(b, scores, chosen);
  const gradients = gradient(b, new Map([[scores.logits, target.cotangent]]), wrt);
  const methods = plan.methods.map((method) => {
    const of = method.of === 'input' ? [input.name] : plan.layers;
    const signed = of.map((value): SignedMap => {
      const space = spaceOf(model, value);
      const activations = channelsFirst(b, model, value, value);
      const gradientsFirst = channelsFirst(b, model, value, gradients.get(value) ?? '');
      const weightedSum = (channelWeights: Value) => sumChannels(b, channelWeights, activations, space);
      return { space, map: method.map({ b, activations, gradients: gradientsFirst, weightedSum }) };
    });
    return { method, of, maps: signed.map(({ map }) => map), heatmap: appendHeatmap(b, signed, input, weights) };
  });
  let sharesRows: boolean | undefined;
  return {
    target,
    methods,
    get sharesRows() {
      sharesRows ??= keepsRows(findPath(graph, facts, wrt, [scores.logits]), facts, input.batch);
      return sharesRows;
    },
  };
}

/** A tensor that belongs to an explained value, as [rows, channels, height, width]. */
function channelsFirst(b: GraphBuilder, { input }: Model, value: string, tensor: Value): Value {
  return value === input.name && input.layout === 'NHWC' ? b.transpose(tensor, [0, 3, 1, 2]) : tensor;
}

/** Σₖ wₖ Aₖ: one matrix product [R, 1, C] · [batch, C, positions], which reads the activations once. */
function sumChannels(b: GraphBuilder, weights: Value, activations: Value, space: SignedMap['space']): Value {
  const flat = b.matmul(b.reshape(weights, [0, 1, -1]), b.reshape(activations, [0, 0, -1]));
  const [height, width] = space;
  if (typeof height === 'number' && typeof width === 'number') return b.reshape(flat, [-1, height, width]);
  return b.reshape(flat, b.concat([b.ints([-1]), b.sizes(activations, 2)], 0));
}

/** Height and width of what is explained. */
function spaceOf({ facts, input }: Model, value: string): SignedMap['space'] {
  if (value === input.name) return [input.height, input.width];
  const [, , height, width] = facts.dims(value);
  if (height === undefined || width === undefined) throw new GradcamError('no-layer', `layer '${value}' has no height and width`);
  return [height, width];
}
