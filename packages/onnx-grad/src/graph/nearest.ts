/** Longer words are not compared: a suggestion is for a slip of the finger, and the comparison takes the product of the lengths. */
const MAX_LENGTH = 128;

/** Characters that are compared where nothing is near. */
const MAX_BEGINNING = 64;

/** Nor more names than this: the largest real models have some ten thousand. */
const MAX_CANDIDATES = 10_000;

/**
 * The candidates most like a misspelt name, best first: those within a third of its length in edits, then those
 * that contain it. For suggestions in messages, so upper and lower case count as equal.
 *
 * @param count how many at most
 */
export function nearest(name: string, candidates: Iterable<string>, count = 3): string[] {
  const query = name.trim().toLowerCase();
  if (query === '' || query.length > MAX_LENGTH) return [];
  const limit = Math.max(1, Math.floor(query.length / 3));
  const scored: { candidate: string; score: number }[] = [];
  for (const candidate of [...new Set(candidates)].slice(0, MAX_CANDIDATES)) {
    const other = candidate.toLowerCase();
    const distance = editDistance(query, other, limit);
    if (distance <= limit) scored.push({ candidate, score: distance });
    else if (query.length >= 3 && other.includes(query)) scored.push({ candidate, score: limit + other.length / MAX_LENGTH });
  }
  // A stable sort: equals stay in the order of the candidates.
  scored.sort((a, b) => a.score - b.score);
  return scored.slice(0, count).map(({ candidate }) => candidate);
}

/** As `nearest`, but never empty where there are candidates: the least unlike one, where none is like the name. */
export function closest(name: string, candidates: Iterable<string>, count = 3): string[] {
  const all = [...candidates].slice(0, MAX_CANDIDATES);
  const near = nearest(name, all, count);
  if (near.length > 0) return near;
  // No limit cuts these comparisons short, so that they look at the beginnings only.
  const query = name.trim().toLowerCase().slice(0, MAX_BEGINNING);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of all) {
    const distance = editDistance(query, candidate.toLowerCase().slice(0, MAX_BEGINNING), best?.distance);
    if (best === undefined || distance < best.distance) best = { candidate, distance };
  }
  return best === undefined ? [] : [best.candidate];
}

/** The end of a message about an unknown name: `; nearest: …`. */
export function suggestion(name: string, candidates: Iterable<string>, count = 3): string {
  const near = closest(name, candidates, count);
  return near.length === 0 ? '' : `; nearest: ${near.join(', ')}`;
}

/**
 * How many characters must be inserted, deleted, replaced or swapped with their neighbour to turn one word into the
 * other (optimal string alignment); any number above `limit` means more than `limit`.
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let best = row;
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let cost = Math.min(replaced, at(last, column) + 1, at(current, column - 1) + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      }
      current.push(cost);
      best = Math.min(best, cost);
    }
    // A swap reaches back two rows, by at least one edit: nothing below can get under the limit any more.
    if (best > limit + 1) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
