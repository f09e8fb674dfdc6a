/** The names most like the one that was asked for, best first: what an error suggests. */
export function nearest(wanted: string, names: Iterable<string>, count = 3): string[] {
  const scored: { name: string; distance: number }[] = [];
  for (const name of names) scored.push({ name, distance: distance(wanted.toLowerCase(), name.toLowerCase()) });
  return scored
    .sort((one, other) => one.distance - other.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

const MAX_COMPARED = 200;

/** Levenshtein's edit distance, on the first 200 characters. */
function distance(from: string, to: string): number {
  const one = from.slice(0, MAX_COMPARED);
  const other = to.slice(0, MAX_COMPARED);
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}
