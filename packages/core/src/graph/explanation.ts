import { dequantized, findPath, type GraphBuilder, gradient, keepsRows, stepOf, type Value } from 'onnx-grad';
import type { Layer } from '../layers/layers.js';
import { inputLayout } from '../layers/layout.js';
import type { Method } from '../methods/method.js';
import type { Model } from '../model/model.js';
import { channelsFirst } from './channels-first.js';
import type { SignedMap } from './heatmap.js';
import { classLogit, type Target } from './target.js';

/** What is to be explained, by which methods. */
export interface Plan {
  readonly methods: readonly Method[];
  /** The layers whose maps are fused; methods that explain pixels ignore them. */
  readonly layers: readonly Layer[];
}

/** The nodes of an explanation, not yet named as outputs. */
export interface Explained {
  readonly target: Target;
  /** For each method the values it explained and the signed map of each. */
  readonly methods: readonly {
    readonly method: Method;
    readonly of: readonly string[];
    readonly maps: readonly SignedMap[];
  }[];
  /** Whether several classes of one image can share one run. */
  readonly sharesRows: boolean;
}

/** Values of the graph that a plan differentiates with respect to. */
export function explainedValues(model: Model, { methods, layers }: Plan): string[] {
  return [...new Set(methods.flatMap((method) => (method.of === 'input' ? [model.input.name] : layers.map(({ name }) => name))))];
}

/** Values whose facts are needed to append the plan: those between what is explained and the logits. */
export function neededFacts(model: Model, plan: Plan): string[] {
  const { graph, facts, scores } = model;
  const { values, steps } = findPath(graph, facts, explainedValues(model, plan), [scores.logits]);
  const inputs = steps.flatMap(({ node }) => node.inputs.filter((name) => name !== '' && !graph.initializers.has(name)));
  return [...new Set([...values, ...inputs, scores.logits])];
}

/** Appends what answers the plan: class, score, gradient, signed maps. */
export function appendExplanation(b: GraphBuilder, model: Model, plan: Plan, chosen?: Value): Explained {
  const { graph, facts, input, scores } = model;
  const wrt = explainedValues(model, plan);
  const target = classLogit(b, scores, chosen);
  const gradients = gradient(b, new Map([[scores.logits, target.cotangent]]), wrt);
  const methods = plan.methods.map((method) => {
    const layers = method.of === 'input' ? [{ name: input.name, layout: inputLayout(input) }] : plan.layers;
    const maps = layers.map(({ name, layout }): SignedMap => {
      const space = layout.grid;
      const activations = channelsFirst(b, wide(b, dequantized(b, name)), layout);
      const gradientsFirst = channelsFirst(b, wide(b, byReals(b, name, gradients.get(name) ?? '')), layout);
      const weightedSum = (channelWeights: Value) => sumChannels(b, channelWeights, activations, space);
      return { space, map: method.map({ b, activations, gradients: gradientsFirst, weightedSum }) };
    });
    return { method, of: layers.map(({ name }) => name), maps };
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

/** The gradient of a layer by the real numbers for which it stands. */
function byReals(b: GraphBuilder, layer: Value, cotangent: Value): Value {
  const step = stepOf(b, layer);
  return step === undefined ? cotangent : b.div(cotangent, step);
}

/** Numbers of 16 bits as float32: weights are means over many positions, and half of them would be 0. */
function wide(b: GraphBuilder, value: Value): Value {
  return b.typeOf(value) === 'float64' ? value : b.cast(value, 'float32');
}

/** Σₖ wₖ Aₖ of weights [R, C, 1, 1] and activations [batch, C, h, w]: one matrix product, which reads the activations once. */
function sumChannels(b: GraphBuilder, weights: Value, activations: Value, space: SignedMap['space']): Value {
  const flat = b.matmul(b.reshape(weights, [0, 1, -1]), b.reshape(activations, [0, 0, -1]));
  const [height, width] = space;
  if (typeof height === 'number' && typeof width === 'number') return b.reshape(flat, [-1, height, width]);
  return b.reshape(flat, b.concat([b.ints([-1]), b.sizes(activations, 2)], 0));
}
