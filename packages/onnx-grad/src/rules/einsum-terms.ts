import type { RuleContext } from './rule.js';

export interface EinsumAttributes {
  readonly equation: string;
}

/** An equation with a label for every axis: an ellipsis is the axes that it stands for. */
export interface Terms {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

export function unusedLabels(used: readonly string[]): string[] {
  return LETTERS.filter((letter) => !used.includes(letter));
}

export function equation(operands: readonly (readonly string[])[], output: readonly string[]): string {
  return `${operands.map((labels) => labels.join('')).join(',')}->${output.join('')}`;
}

/** Characters of an equation: two operands of all 52 labels, and their output. */
const MAX_EQUATION = 256;

/** The terms of a node's equation. Axes of an ellipsis are aligned at the last one, as numpy broadcasts. */
export function termsOf(c: RuleContext<EinsumAttributes>): Terms {
  const text = c.attributes.equation.replaceAll(/\s/g, '');
  if (text.length > MAX_EQUATION) throw c.refuse('the equation', `of ${text.length} characters`, `of at most ${MAX_EQUATION}`);
  const [left = '', right] = text.split('->');
  const terms = left.split(',');
  const extents = terms.map((term, index) => (term.includes('...') ? c.rank(c.input(index)) - letters(term).length : 0));
  const spread = Math.max(0, ...extents);
  const free = unusedLabels(letters(text));
  if (free.length < spread + 1) throw c.refuse('the equation', `'${text}' with too many axes`, 'one of at most 51 labels');
  const ellipsis = free.slice(0, spread);
  const labels = (term: string, extent: number): string[] => {
    const [before = '', after = ''] = term.split('...');
    return term.includes('...') ? [...before, ...ellipsis.slice(spread - extent), ...after] : [...term];
  };
  const operands = terms.map((term, index) => labels(term, extents[index] ?? 0));
  return { operands, output: right === undefined ? implied(c, left, ellipsis) : labels(right, spread) };
}

/** Without an output term: the ellipsis, then what occurs once, in alphabetical order. */
function implied(c: RuleContext<EinsumAttributes>, left: string, ellipsis: readonly string[]): string[] {
  const all = letters(left);
  const once = all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort();
  // Which case comes first in the alphabet is answered differently.
  if (new Set(once.map((letter) => letter === letter.toLowerCase())).size > 1)
    throw c.refuse('the equation', `'${left}', with letters of both cases in an output that is implied`, "explicit: '… -> output'");
  return [...ellipsis, ...once];
}

function letters(term: string): string[] {
  return [...term].filter((letter) => LETTERS.includes(letter));
}
