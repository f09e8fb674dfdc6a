import type { Dimension } from './types.js';

/** A size as a product of a number and symbols: 64·batch is what 64 windows make of each image. */
export interface Size {
  readonly count: number;
  readonly symbols: readonly string[];
}

export const ONE: Size = { count: 1, symbols: [] };

/** What exporters write beside products: `(height - 1)//2 + 1` is one symbol, whatever stars are in it. */
const EXPRESSION = /[+/(),%]| - /;

/** A dimension as a product; undefined where nothing is known of it. */
export function sizeOf(dimension: Dimension): Size | undefined {
  if (typeof dimension === 'number') return { count: dimension, symbols: [] };
  if (dimension === '') return undefined;
  if (EXPRESSION.test(dimension)) return { count: 1, symbols: [dimension] };
  const factors = dimension.split('*');
  const symbols = factors.filter((factor) => !/^\d+$/.test(factor)).sort();
  return { count: factors.filter((factor) => /^\d+$/.test(factor)).reduce((product, factor) => product * Number(factor), 1), symbols };
}

/** How a size is written as a dimension: `64*batch`; '' for what cannot be written so. */
export function dimensionOf({ count, symbols }: Size): Dimension {
  if (symbols.length === 0 || count === 0) return count;
  const factors = [...(count === 1 ? [] : [count]), ...symbols];
  const unclear = factors.length > 1 && symbols.some((symbol) => EXPRESSION.test(symbol));
  return unclear || count < 0 || !Number.isSafeInteger(count) ? '' : factors.join('*');
}

export function times(one: Size, other: Size): Size {
  return { count: one.count * other.count, symbols: [...one.symbols, ...other.symbols].sort() };
}

/** The product of dimensions; undefined where one is unknown. */
export function productOf(dimensions: readonly Dimension[]): Size | undefined {
  let product: Size | undefined = ONE;
  for (const dimension of dimensions) {
    const size = sizeOf(dimension);
    product = product && size && times(product, size);
  }
  return product;
}

/** one / other where that is a whole number of times, else undefined. */
export function over(one: Size, other: Size): Size | undefined {
  const symbols = [...one.symbols];
  for (const symbol of other.symbols) {
    const index = symbols.indexOf(symbol);
    if (index < 0) return undefined;
    symbols.splice(index, 1);
  }
  return one.count % other.count === 0 ? { count: one.count / other.count, symbols } : undefined;
}

export function isOne({ count, symbols }: Size): boolean {
  return count === 1 && symbols.length === 0;
}
