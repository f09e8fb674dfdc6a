import type { Value } from 'onnx-grad';
import type { GraphMethod, MethodContext } from './method.js';

/** Standard deviations above the mean from which on a position counts as rare. */
const RARE = 2;

/** wₖ = share of positions with A > mean + 2 · std, of the channel's population. */
function weights({ b, activations }: MethodContext): Value {
  const above = b.sub(activations, b.mean(activations, [2, 3]));
  const deviation = b.sqrt(b.mean(b.mul(above, above), [2, 3]));
  const rare = b.greater(above, b.scale(deviation, RARE));
  return b.mean(b.cast(rare, b.typeOf(activations)), [2, 3]);
}

/** Feature explanation method (Fuad et al. 2020, hal-02963298): channels weighted by how many positions stand out in them, L = Σₖ wₖ Aₖ; the same for every class. */
export const fem: GraphMethod = {
  kind: 'graph',
  name: 'fem',
  title: 'FEM',
  aliases: [],
  summary: 'channels weighted by their share of rare, strong positions; the same for every class',
  source: 'hal-02963298',
  of: 'layer',
  cost: 'one pass, no gradient',
  gradient: false,
  map: (context) => context.weightedSum(weights(context)),
  terms: (context) => context.b.mul(weights(context), context.activations),
};
