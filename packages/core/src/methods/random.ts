import type { Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { randomFrom } from '../runs/random.js';
import type { GraphMethod, MethodContext } from './method.js';

/** wₖ ~ U(−1, 1), the same for every picture and class. */
function weights({ b, activations, channels, seed }: MethodContext): Value {
  if (typeof channels !== 'number')
    throw new GradcamError('unsupported-model', 'method random draws a weight for each channel, but the number of channels is open');
  const { uniform } = randomFrom(seed);
  const drawn = Array.from({ length: channels }, () => 2 * uniform() - 1);
  return b.constant(b.typeOf(activations), [1, channels, 1, 1], drawn);
}

/** Random weights, L = Σₖ wₖ Aₖ: the control. What a metric finds in such a map it finds in the activations, not in the method. */
export const random: GraphMethod = {
  kind: 'graph',
  name: 'random',
  title: 'Random CAM',
  aliases: ['randomcam', 'random-cam'],
  summary: 'channels weighted at random: the control that every method has to beat',
  source: 'github.com/jacobgil/pytorch-grad-cam',
  of: 'layer',
  cost: 'one pass, no gradient',
  gradient: false,
  map: (context) => context.weightedSum(weights(context)),
  terms: (context) => context.b.mul(weights(context), context.activations),
};
