import { describe, findPath, type Step } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Model } from '../model/model.js';
import { logit } from '../targets/logit.js';
import { gradcam } from './gradcam.js';
import type { Choice, Chosen, GraphMethod } from './method.js';

const pools: ReadonlySet<string> = new Set(['GlobalAveragePool', 'AveragePool', 'ReduceMean']);
/** Behind the pooling a convolution is a linear layer, too. */
const linear: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Conv']);
/** What may stand beside: it moves or adds, but weighs nothing. */
const plain: ReadonlySet<string> = new Set([
  'Flatten',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Identity',
  'Dropout',
  'Cast',
  'Add',
  'QuantizeLinear',
  'DequantizeLinear',
]);

type Role = 'pooling' | 'linear' | 'plain' | 'other';

function roleOf({ facts }: Model, { node, wanted }: Step): Role {
  if (wanted.size > 1) return 'other';
  if (linear.has(node.opType)) return 'linear';
  if (plain.has(node.opType)) return 'plain';
  const { dims } = facts.of(node.outputs[0] ?? '');
  // Global: one number a channel is left.
  return pools.has(node.opType) && dims !== undefined && dims.slice(1).filter((size) => size !== 1).length <= 1 ? 'pooling' : 'other';
}

/** What stands between a layer and the scores, where that is not global average pooling and one linear layer. */
function obstacle(model: Model, layer: string): string | undefined {
  const { graph, facts, scores } = model;
  const { steps } = findPath(graph, facts, [layer], [scores.logits]);
  const roles = steps.map((step) => roleOf(model, step));
  const other = steps[roles.indexOf('other')];
  if (other !== undefined) return describe(other.node);
  const weighing = roles.filter((role) => role !== 'plain').join();
  return weighing === 'pooling,linear' ? undefined : steps.map(({ node }) => node.opType).join(', ');
}

/** The layers that were asked for, or the last that qualifies. */
async function choose({ model, named, survey }: Choice): Promise<Chosen> {
  const { layers } = await survey();
  const found = named.length > 0 ? named : layers.filter(({ name }) => obstacle(model, name) === undefined).slice(-1);
  const wrong = found.length > 0 ? found.find(({ name }) => obstacle(model, name) !== undefined) : layers.at(-1);
  if (found.length > 0 && wrong === undefined) return { places: found };
  const instead = wrong === undefined ? 'the model has no layer' : `behind '${wrong.name}' stands ${obstacle(model, wrong.name)}`;
  throw new GradcamError(
    'unsupported-model',
    `CAM needs a layer with nothing behind it but global average pooling and one linear layer, but ${instead}; method gradcam is the same for any head`,
  );
}

/**
 * CAM (Zhou et al. 2016, arXiv 1512.04150): channels weighted by the classifier's own row, L = Σₖ w_ck Aₖ, for networks that end in global average pooling and
 * one linear layer. There each of N positions has the gradient w_ck / N, so the weight is their sum.
 */
export const cam: GraphMethod = {
  ...gradcam,
  name: 'cam',
  title: 'CAM',
  aliases: ['class-activation-map'],
  summary: "channels weighted by the classifier's own weights; for networks that end in pooling and one linear layer",
  source: 'arXiv 1512.04150',
  target: logit,
  choose,
  map: ({ b, gradients, weightedSum }) => weightedSum(b.sum(gradients, [2, 3])),
  terms: ({ b, gradients, activations }) => b.mul(b.sum(gradients, [2, 3]), activations),
};
