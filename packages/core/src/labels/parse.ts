import { GradcamError } from '../errors.js';
import { MAX_LABEL_LENGTH, MAX_LABELS, MAX_LABELS_LENGTH } from './limits.js';

/**
 * Labels from a text of one label a line, line 1 for class 0. Line ends may be those of any system, and the text may
 * begin with a byte order mark and end with empty lines.
 *
 * @param origin where the text comes from, for messages: a path or `the model's metadata`
 * @throws GradcamError `invalid-labels` or `limit`
 */
export function parseLabels(text: string, origin: string): string[] {
  checkLength(text, origin);
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\s+$/, '')
    .split(/\r\n|\n|\r/);
  return checkLabels(lines, origin, (index) => `line ${index + 1}`);
}

/**
 * Labels from a JSON array of strings, as models carry them in their metadata.
 *
 * @throws GradcamError `invalid-labels` or `limit`
 */
export function parseLabelsJson(text: string, origin: string): string[] {
  checkLength(text, origin);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new GradcamError('invalid-labels', `Expected a JSON array of labels in ${origin}, but it is not JSON: ${String(error)}.`, {
      cause: error,
    });
  }
  if (!Array.isArray(value)) throw new GradcamError('invalid-labels', `Expected a JSON array of labels in ${origin}, got ${kind(value)}.`);
  return checkLabels(value, origin, (index) => `entry ${index}`);
}

/**
 * Labels from a Hugging Face `config.json`: its `id2label` maps every index 0 … n − 1 to a label.
 *
 * @param config the parsed JSON
 * @returns undefined where the configuration has no labels
 * @throws GradcamError `invalid-labels` or `limit`
 */
export function labelsFromConfig(config: unknown, origin: string): string[] | undefined {
  if (typeof config !== 'object' || config === null || !Object.hasOwn(config, 'id2label')) return undefined;
  const map: unknown = 'id2label' in config ? config.id2label : undefined;
  if (map === null) return undefined;
  if (typeof map !== 'object' || Array.isArray(map)) {
    throw new GradcamError('invalid-labels', `Expected id2label in ${origin} to map indices to labels, got ${kind(map)}.`);
  }
  const entries: (readonly [string, unknown])[] = Object.entries(map);
  checkCount(entries.length, origin);
  const labels: unknown[] = new Array(entries.length);
  for (const [key, label] of entries) {
    const index = /^\d+$/.test(key) ? Number(key) : -1;
    if (index < 0 || index >= entries.length || index in labels) {
      throw new GradcamError(
        'invalid-labels',
        `Expected id2label in ${origin} to have every index from 0 to ${entries.length - 1} once, but it has '${key.slice(0, 40)}'.`,
      );
    }
    labels[index] = label;
  }
  return checkLabels(labels, origin, (index) => `id2label['${index}']`);
}

function checkLabels(labels: readonly unknown[], origin: string, place: (index: number) => string): string[] {
  checkCount(labels.length, origin);
  return labels.map((label, index) => {
    if (typeof label !== 'string')
      throw new GradcamError('invalid-labels', `Expected a label at ${place(index)} of ${origin}, got ${kind(label)}.`);
    const trimmed = label.trim();
    // Leaving an empty line out would shift every later label to a wrong class.
    if (trimmed === '')
      throw new GradcamError('invalid-labels', `The label at ${place(index)} of ${origin} is empty; name the class, or write a dash.`);
    if (trimmed.length > MAX_LABEL_LENGTH) {
      throw new GradcamError(
        'limit',
        `The label at ${place(index)} of ${origin} has ${trimmed.length} characters; at most ${MAX_LABEL_LENGTH} are accepted.`,
      );
    }
    return trimmed;
  });
}

function checkLength(text: string, origin: string): void {
  if (text.length > MAX_LABELS_LENGTH) {
    throw new GradcamError('limit', `The labels in ${origin} have ${text.length} characters; at most ${MAX_LABELS_LENGTH} are accepted.`);
  }
}

function checkCount(count: number, origin: string): void {
  if (count === 0) throw new GradcamError('invalid-labels', `Expected at least one label in ${origin}, got none.`);
  if (count > MAX_LABELS) throw new GradcamError('limit', `${origin} has ${count} labels; at most ${MAX_LABELS} are accepted.`);
}

function kind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
