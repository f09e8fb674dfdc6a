import { positions } from '../build/indices.js';
import { rowsLike } from './indexing-places.js';
import { always, rule, type VjpContext } from './rule.js';

interface CacheAttributes {
  readonly axis: number;
  readonly circular: boolean;
}

/** New keys or values written into a cache, in each row from another position on. */
export const tensorScatterRule = rule<CacheAttributes>('TensorScatter', {
  attributes: (a) => ({ axis: a.int('axis', -2), circular: a.choice('mode', 'linear', ['linear', 'circular']) === 'circular' }),
  inputs: [0, 1],
  rows: always,
  vjp: [
    (c) => {
      const { b, g } = c;
      const update = c.input(1);
      const from = c.optional(2);
      return b.again(c.node, [g, rowsLike(b, b.zerosLike(update), g, update), from === undefined ? '' : rowsLike(b, from, g)]);
    },
    (c) => {
      const { b, g } = c;
      const axis = c.axis(c.attributes.axis);
      return b.node('GatherElements', [g, rowsLike(b, places(c, axis), g, c.input(1))], { axis });
    },
  ],
});

/** Where each element of the update is written along the axis, in the update's shape. */
function places(c: VjpContext<CacheAttributes>, axis: number): string {
  const { b, x } = c;
  const update = c.input(1);
  const along = (value: string, at: number) =>
    b.reshape(
      value,
      c.dims(update).map((_, other) => (other === at ? -1 : 1)),
    );
  const own = along(positions(b, update, axis), axis);
  const from = c.optional(2);
  const written = from === undefined ? own : b.add(own, along(b.cast(from, 'int64'), 0));
  const wrapped = c.attributes.circular ? b.node('Mod', [written, b.sizes(x, axis, axis + 1)]) : written;
  return b.expand(wrapped, b.shape(update));
}
