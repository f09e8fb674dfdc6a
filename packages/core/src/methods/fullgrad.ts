import { Attributes, findPath, type GraphBuilder, type Node, type Value } from 'onnx-grad';
import { inputLayout } from '../layers/layout.js';
import type { Model } from '../model/model.js';
import type { GraphMethod } from './method.js';

/** As pytorch-grad-cam has it: a channel that is the same everywhere becomes 0. */
const EPSILON = 1e-7;

/** Outputs of the convolutions and batch norms with bias between the picture and the score. */
function biased({ graph, facts, input, scores }: Model): Value[] {
  const { steps } = findPath(graph, facts, [input.name], [scores.logits]);
  const nodes = steps
    .map(({ node }) => node)
    .filter(({ opType, inputs }) => opType === 'BatchNormalization' || (opType === 'Conv' && inputs[2]));
  return nodes.map(({ outputs }) => outputs[0] ?? '');
}

/** What a node adds to each position of its output, [1, C, 1, 1]: a batch norm's β − μγ / √(σ² + ε). */
function bias(b: GraphBuilder, node: Node, like: Value): Value {
  const input = (index: number) => b.cast(node.inputs[index] ?? '', b.typeOf(like));
  const vector = () => {
    if (node.opType === 'Conv') return input(2);
    const [γ, β, μ, variance] = [1, 2, 3, 4].map(input) as [Value, Value, Value, Value];
    const ε = new Attributes(node).float('epsilon', 1e-5);
    return b.sub(β, b.div(b.mul(μ, γ), b.sqrt(b.shift(variance, ε))));
  };
  return b.reshape(vector(), [1, -1, 1, 1]);
}

/** Σ over channels of n(v), n(v) = (v − min v) / (max v − min v + ε) of each channel: [R, C, h, w] becomes [R, h, w]. */
function normalised(b: GraphBuilder, v: Value): Value {
  const least = b.min(v, [2, 3]);
  const range = b.sub(b.max(v, [2, 3]), least);
  return b.sum(b.div(b.sub(v, least), b.shift(range, EPSILON)), [1], false);
}

/**
 * FullGrad (Srinivas and Fleuret 2019, arXiv 1905.00780): what the picture and each bias of the network contribute to the score, L = Σ_c n(|x ⊙ ∂y/∂x|) + Σ over
 * convolutions and batch norms of Σ_c n(|b ⊙ ∂y/∂out|), each resized to the picture; n scales a channel to [0, 1].
 */
export const fullgrad: GraphMethod = {
  kind: 'graph',
  name: 'fullgrad',
  title: 'FullGrad',
  aliases: ['full-grad'],
  summary: 'what the pixels and all biases of the network contribute to the score',
  source: 'arXiv 1905.00780',
  of: 'input',
  cost: 'one pass, back to the picture',
  counterfactual: false,
  gradient: true,
  choose: ({ model }) => ({ places: [{ name: model.input.name, layout: inputLayout(model.input) }], reads: biased(model) }),
  map: ({ b, activations, gradients, reads, gradientOf, resized }) => {
    const maps = reads
      // Only what has positions: a single one, as in a squeeze-and-excitation block, becomes 0.
      .filter(
        (value) =>
          b.facts.rank(value) === 4 &&
          b.facts
            .dims(value)
            .slice(2)
            .some((size) => size !== 1),
      )
      .map((value) => {
        const gradient = b.cast(gradientOf(value), b.typeOf(gradients));
        const share = b.abs(b.mul(bias(b, b.graph.producer(value) as Node, gradient), gradient));
        return resized(normalised(b, share), value);
      });
    return maps.reduce((sum, map) => b.add(sum, map), normalised(b, b.abs(b.mul(activations, gradients))));
  },
};
