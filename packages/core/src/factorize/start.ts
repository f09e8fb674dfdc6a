import { inner, type Matrix } from './matrix.js';

/** Of the largest row's square: what is left below it is rounding. */
const NOTHING = 1e-20;

/**
 * The rows of a matrix of which the others are most nearly mixtures: the successive projection algorithm (Gillis and Vavasis 2014, "Fast and
 * robust recursive algorithms for separable nonnegative matrix factorization", arXiv 1208.1237). Again and again the largest row is taken, and
 * its direction is projected out of all.
 *
 * @returns indices of at most `count` rows; fewer where all are mixtures of those
 */
export function purestRows({ rows, columns, data }: Matrix, count: number): number[] {
  const rest = Array.from({ length: rows }, (_, row) => data.slice(row * columns, (row + 1) * columns));
  const chosen: number[] = [];
  let most = 0;
  while (chosen.length < count) {
    const squares = rest.map((row) => inner(row, row));
    const largest = squares.reduce((best, square, row) => (square > (squares[best] ?? 0) ? row : best), 0);
    const square = squares[largest] ?? 0;
    most = Math.max(most, square);
    if (square <= NOTHING * most) break;
    chosen.push(largest);
    const direction = rest[largest]?.slice() ?? new Float64Array();
    for (const row of rest) {
      const share = inner(row, direction) / square;
      for (let column = 0; column < columns; column++) row[column] = (row[column] as number) - share * (direction[column] as number);
    }
  }
  return chosen;
}
