import { findPath, type GraphBuilder, gradient, keepsRows, type Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Method } from '../methods/method.js';
import type { Model } from '../model/model.js';
import { appendHeatmap, type Weights } from './heatmap.js';
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
  const path = findPath(graph, facts, wrt, [scores.logits]);
  const methods = plan.methods.map((method) => {
    const of = method.of === 'input' ? [input.name] : plan.layers;
    const maps = of.map((value) => {
      const space = spaceOf(model, value);
      const channelsFirst = (tensor: Value) =>
        value === input.name && input.layout === 'NHWC' ? b.transpose(tensor, [0, 3, 1, 2]) : tensor;
      const activations = channelsFirst(value);
      const weightedSum = (weights: Value) => {
        // One matrix product [R, 1, C] · [batch, C, positions] reads the activations once.
        const flat = b.matmul(b.reshape(weights, [0, 1, -1]), b.reshape(activations, [0, 0, -1]));
        return b.reshape(
          flat,
          space.every((size) => typeof size === 'number') ? [-1, ...space] : b.concat([b.ints([-1]), b.sizes(activations, 2)], 0),
        );
      };
      return method.map({ b, activations, gradients: channelsFirst(gradients.get(value) ?? ''), weightedSum });
    });
    return {
      method,
      of,
      maps,
      heatmap: appendHeatmap(
        b,
        maps.map((map, index) => ({ map, space: spaceOf(model, of[index] ?? '') })),
        input,
        weights,
      ),
    };
  });
  return { target, methods, sharesRows: keepsRows(path, facts, input.batch) };
}

/** Height and width of what is explained. */
function spaceOf({ facts, input }: Model, value: string): readonly [number | string, number | string] {
  if (value === input.name) return [input.height, input.width];
  const [, , height, width] = facts.dims(value);
  if (height === undefined || width === undefined) throw new GradcamError('no-layer', `layer '${value}' has no height and width`);
  return [height, width];
}
