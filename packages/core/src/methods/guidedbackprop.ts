import { Attributes, type GraphBuilder, type Node, type Rewrite } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { GraphMethod } from './method.js';

/**
 * What counts as a ReLU: max(x, 0), alone or fused into the operator before it, and Clip from 0 on (ReLU6). Units that let something through below 0
 * (LeakyRelu, PRelu, GELU, SiLU, HardSwish) keep their derivatives.
 */
function isRelu(b: GraphBuilder, { domain, opType, inputs, attributes }: Node): boolean {
  if (domain !== '') return false;
  if (opType === 'Relu') return true;
  const low = b.opset < 11 ? attributes.get('min')?.f : b.constantOf(inputs[1] ?? '')?.data[0];
  return opType === 'Clip' && low === 0;
}

/** A ReLU passes on g·1[x > 0]·1[g > 0]: its derivative, where that speaks for the score. */
export const guided: Rewrite = (b, node, cotangent) => (isRelu(b, node) ? b.relu(cotangent) : cotangent);

/** @throws GradcamError `unsupported-model` where no ReLU would make a difference to the plain gradient */
function requireRelu(b: GraphBuilder): void {
  if (b.graph.nodes.some((node) => isRelu(b, node) || /^(Relu|Clip)$/.test(new Attributes(node).string('activation', '')))) return;
  throw new GradcamError(
    'unsupported-model',
    'guided backpropagation changes the gradient of ReLUs, but the model has none (Relu, or Clip from 0 on); use saliency or integrated gradients',
  );
}

/** Guided backpropagation (Springenberg et al. 2014, arXiv 1412.6806): the gradient by the pixels, of what excites the score alone; max over channels of |·|. */
export const guidedbackprop: GraphMethod = {
  kind: 'graph',
  name: 'guidedbackprop',
  title: 'Guided backpropagation',
  aliases: ['guided-backprop', 'guided-backpropagation'],
  summary: 'saliency with the negative gradients cut off at every ReLU',
  source: 'arXiv 1412.6806',
  of: 'input',
  cost: 'one pass, back to the picture',
  gradient: true,
  rewrite: guided,
  map: ({ b, gradients }) => {
    requireRelu(b);
    return b.max(b.abs(gradients), [1], false);
  },
};
