import { flatPositions } from '../build/indices.js';
import { reshapeTo, type ShapePart } from '../build/rows.js';
import { isShort } from '../build/stretch.js';
import type { Attributes } from '../graph/attributes.js';
import { choiceRules } from './indexing-choice.js';
import { addAlong, addAt, addElements, sameRows } from './indexing-places.js';
import { type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

const parse = (a: Attributes) => ({ axis: a.int('axis', 0) });

interface BatchAttributes {
  readonly batch: number;
}

/** Picking elements by index: each cotangent is added where its element was picked from. */
export const indexingRules: readonly Rule[] = [
  rule('Gather', {
    attributes: parse,
    inputs: [0],
    rows: (c) => c.axis(c.attributes.axis) > 0,
    // One position, known beforehand: a class token.
    stretch: (c) => {
      const axis = c.axis(c.attributes.axis);
      const whole = c.dims(c.x)[axis];
      const { data = [], dims = [] } = c.facts.graph.constant(c.input(1)) ?? {};
      const [index = 0] = data;
      const place = { axis, from: index < 0 ? index + Number(whole) : index, size: data.length };
      if (data.length !== 1 || dims.length > 1 || !isShort(place, whole)) return undefined;
      return { ...place, value: dims.length === 0 ? c.b.unsqueeze(c.g, [axis]) : c.g };
    },
    vjp: (c) => {
      const axis = c.axis(c.attributes.axis);
      // All indices along one axis, whatever their own shape was: [before, indices, behind].
      const behind: ShapePart = [c.x, axis + 1, c.rank(c.x)];
      return addAlong(c.b, reshapeTo(c.b, c.g, axis === 0 ? [-1, behind] : [0, [c.x, 1, axis], -1, behind]), c.input(1), axis, c.x);
    },
  }),
  rule('GatherElements', {
    attributes: parse,
    inputs: [0],
    rows: (c) => c.axis(c.attributes.axis) > 0 && sameRows(c.facts, c.input(1), c.x),
    vjp: (c) => addElements(c.b, c.g, c.input(1), c.axis(c.attributes.axis), c.x),
  }),
  rule('GatherND', {
    attributes: (a) => ({ batch: a.int('batch_dims', 0) }),
    inputs: [0],
    rows: (c) => c.attributes.batch > 0,
    vjp: (c) => {
      if (c.attributes.batch > 0 || c.opset < 16) return addFlat(c);
      const zeros = c.b.expand(c.b.scalar(0, c.g), c.b.shape(c.x));
      return c.b.node('ScatterND', [zeros, c.input(1), c.g], { reduction: 'add' });
    },
  }),
  ...choiceRules,
];

/** The indexed axes flattened into one: [batch, picked, rest] added to [batch, elements, rest]. */
function addFlat(c: VjpContext<BatchAttributes>): string {
  const { b, x } = c;
  const { batch } = c.attributes;
  const indices = c.input(1);
  const all = flatPositions(b, x, batch, batch + depthOf(c));
  // The same picking of 0, 1, 2 … tells the flat index, whichever way each index counts.
  const numbers = b.reshape(all, b.sizes(x, batch, batch + depthOf(c)));
  const places = b.flatten(b.node('GatherND', [numbers, indices]), batch);
  const rest = b.flatten(c.g, c.rank(indices) - 1);
  const g = b.reshape(rest, b.concat([b.ints([-1]), b.sizes(places, 1, 2), b.sizes(rest, 1, 2)], 0));
  return reshapeTo(b, addAt(b, g, places, all), [-1, [x, 1, c.rank(x)]]);
}

/** How many axes an index tuple picks from: as many as the output lacks. */
function depthOf(c: RuleContext<BatchAttributes>): number {
  return c.rank(c.x) - c.attributes.batch - (c.rank(c.y) - (c.rank(c.input(1)) - 1));
}
