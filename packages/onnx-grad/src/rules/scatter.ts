import { rowsLike, sameRows } from './indexing-places.js';
import { type Rule, type RuleContext, rule, type VjpContext } from './rule.js';
import { tensorScatterRule } from './scatter-cache.js';
import { type Places, reductions, type Scattering, scattered } from './scatter-reduce.js';

interface ElementAttributes extends Scattering {
  readonly axis: number;
}

/** Elements put, added or compared at indices: gathering's transpose. */
export const scatterRules: readonly Rule[] = [
  rule<ElementAttributes>('ScatterElements', {
    attributes: (a) => ({ axis: a.int('axis', 0), reduction: a.choice('reduction', 'none', reductions) }),
    inputs: [0, 2],
    rows: apart,
    vjp: (c, index) => scattered(c, index, elements(c)),
  }),
  // The same under its first name.
  rule<ElementAttributes>('Scatter', {
    since: 9,
    until: 10,
    attributes: (a) => ({ axis: a.int('axis', 0), reduction: 'none' }),
    inputs: [0, 2],
    rows: apart,
    vjp: (c, index) => scattered(c, index, elements(c)),
  }),
  rule<Scattering>('ScatterND', {
    attributes: (a) => ({ reduction: a.choice('reduction', 'none', reductions) }),
    inputs: [0, 2],
    vjp: (c, index) => scattered(c, index, parts(c)),
  }),
  tensorScatterRule,
];

function apart(c: RuleContext<ElementAttributes>): boolean {
  return c.axis(c.attributes.axis) > 0 && sameRows(c.facts, c.input(1), c.x);
}

/** Places along an axis. */
function elements(c: VjpContext<ElementAttributes>): Places {
  const { b, node } = c;
  const indices = c.input(1);
  const axis = c.axis(c.attributes.axis);
  // A cotangent may have more rows than the image had.
  const places = (value: string) => (apart(c) ? rowsLike(b, indices, value) : indices);
  return {
    pick: (from) => {
      b.need(11, `the gradient of ${node.opType} to its updates (GatherElements)`);
      return b.node('GatherElements', [from, places(from)], { axis });
    },
    put: (data, updates, reduction) => {
      const attributes = reduction === 'none' ? { axis } : { axis, reduction };
      return b.node(node.opType, [data, places(data), apart(c) ? rowsLike(b, updates, data, indices) : updates], attributes);
    },
  };
}

/** Places that are tuples of indices, for elements or whole parts. */
function parts({ b, node }: VjpContext<Scattering>): Places {
  const [, indices = ''] = node.inputs;
  return {
    pick: (from) => b.node('GatherND', [from, indices]),
    put: (data, updates, reduction) => b.node('ScatterND', [data, indices, updates], reduction === 'none' ? {} : { reduction }),
  };
}
