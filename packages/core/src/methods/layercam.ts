import type { Value } from 'onnx-grad';
import type { GraphMethod, MethodContext } from './method.js';

const terms = ({ b, gradients, activations }: MethodContext): Value => b.mul(b.relu(gradients), activations);

/** LayerCAM (Jiang et al., IEEE TIP 2021): each position by its own positive gradient, L = Σₖ max(Gₖ, 0) ⊙ Aₖ; sharp on early layers, too. */
export const layercam: GraphMethod = {
  kind: 'graph',
  name: 'layercam',
  title: 'LayerCAM',
  aliases: ['layer-cam'],
  summary: 'activations weighted by their own positive gradients; sharp on early layers',
  source: 'doi 10.1109/TIP.2021.3089943',
  of: 'layer',
  cost: 'one pass',
  gradient: true,
  map: (context) => context.b.sum(terms(context), [1], false),
  terms,
};
