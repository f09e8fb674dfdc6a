import { closest } from 'onnx-grad';
import { GradcamError } from '../errors.js';

/** Indices that an error lists at most. */
const MAX_LISTED = 8;

/**
 * The index of the class that a user names. An integer is always an index. Anything else is a label, compared without
 * regard to case or doubled spaces: first with whole labels, then with each of their comma-separated synonyms.
 *
 * @param labels the classes' labels, class 0 first; empty where there are none
 * @param query an index or a label
 * @param count number of classes; default: one per label
 * @throws GradcamError `unknown-class` where no class or more than one fits
 */
export function findClass(labels: readonly string[], query: string | number, count = labels.length): number {
  const text = String(query).trim();
  if (typeof query === 'number' || /^[+-]?\d+$/.test(text)) return checkIndex(Number(query), count);
  if (labels.length === 0) {
    throw new GradcamError(
      'unknown-class',
      `The class '${text}' was asked for by label, but this model has no labels; give its index, or a file of labels.`,
    );
  }

  const wanted = fold(text);
  const whole = indices(labels, (label) => fold(label) === wanted);
  const found = whole.length > 0 ? whole : indices(labels, (label) => synonyms(label).includes(wanted));
  const [first] = found;
  if (first === undefined) throw unknown(labels, text);
  if (found.length > 1) {
    const listed = found.slice(0, MAX_LISTED).map((index) => `${index} (${labels[index]})`);
    const more = found.length > MAX_LISTED ? `, and ${found.length - MAX_LISTED} more` : '';
    throw new GradcamError(
      'unknown-class',
      `The label '${text}' fits ${found.length} classes: ${listed.join('; ')}${more}. Give the index.`,
    );
  }
  return checkIndex(first, count);
}

function checkIndex(index: number, count: number): number {
  if (Number.isSafeInteger(index) && index >= 0 && index < count) return index;
  throw new GradcamError('unknown-class', `Expected a class from 0 to ${count - 1}, got ${index}.`);
}

function unknown(labels: readonly string[], query: string): GradcamError {
  const near = closest(query, namesOf(labels));
  const advice =
    near.length > 0 ? `did you mean ${near.map((name) => `'${name}'`).join(', ')}?` : 'give a label of the model, or an index.';
  return new GradcamError('unknown-class', `No class is labelled '${query.slice(0, 100)}'; ${advice}`);
}

function* namesOf(labels: readonly string[]): Generator<string> {
  for (const label of labels) for (const name of label.split(',')) yield name.trim();
}

function indices(labels: readonly string[], fits: (label: string) => boolean): number[] {
  return labels.flatMap((label, index) => (fits(label) ? [index] : []));
}

function synonyms(label: string): string[] {
  return label.includes(',') ? label.split(',').map(fold) : [];
}

function fold(label: string): string {
  return label.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}
