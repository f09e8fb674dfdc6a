/** A class and how probable the model thinks it is. */
export interface Ranked {
  readonly index: number;
  readonly probability: number;
}

/** The most probable classes, the first of equals first. */
export function top(probabilities: Float32Array, count: number): Ranked[] {
  const best: Ranked[] = [];
  probabilities.forEach((probability, index) => {
    if (best.length === count && probability <= (best.at(-1)?.probability ?? 0)) return;
    const at = best.findIndex((other) => other.probability < probability);
    best.splice(at < 0 ? best.length : at, 0, { index, probability });
    if (best.length > count) best.pop();
  });
  return best;
}

/** Classes whose label or index fits what was typed: those that begin with it first, then those that hold it, each the most probable first. */
export function search(labels: readonly string[], probabilities: Float32Array, typed: string, count: number): Ranked[] {
  const wanted = fold(typed);
  if (wanted === '') return [];
  const found: (Ranked & { readonly rank: number })[] = [];
  probabilities.forEach((probability, index) => {
    const label = fold(labels[index] ?? `class ${index}`);
    const rank = String(index) === wanted || label === wanted ? 0 : wordBegins(label, wanted) ? 1 : label.includes(wanted) ? 2 : 3;
    if (rank < 3) found.push({ index, probability, rank });
  });
  found.sort((a, b) => a.rank - b.rank || b.probability - a.probability || a.index - b.index);
  return found.slice(0, count).map(({ index, probability }) => ({ index, probability }));
}

function wordBegins(label: string, wanted: string): boolean {
  return label.startsWith(wanted) || label.includes(` ${wanted}`);
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}
