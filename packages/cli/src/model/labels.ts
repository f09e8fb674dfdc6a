import { builtinLabels, GradcamError, labelsFromConfig, parseLabels, parseLabelsJson } from '@gradcam/core';
import { readTextFile } from '../input/text.js';
import type { LoadedModel } from './load.js';

/** The names of a model's classes. */
export interface Labels {
  /** Class 0 first; empty where nobody has named them. */
  readonly names: readonly string[];
  /** What the user should know of where they come from. */
  readonly notes: readonly string[];
}

/**
 * The labels of a model's classes: those of `--labels`, else of the model's metadata, else of the `config.json` beside it, else
 * ImageNet's where the number of classes says so.
 *
 * @throws GradcamError `invalid-labels` where `--labels` has another number of labels than the model has classes
 */
export async function findLabels(
  file: string | undefined,
  loaded: LoadedModel,
  metadata: ReadonlyMap<string, string>,
  classes: number,
): Promise<Labels> {
  if (file !== undefined) {
    const names = parseLabels(await readTextFile(file, 'a file of labels'), file);
    if (names.length === classes) return { names, notes: [] };
    throw new GradcamError(
      'invalid-labels',
      `expected ${classes} labels in '${file}', one a line for each class of the model, but it has ${names.length}`,
    );
  }
  const notes: string[] = [];
  for (const { origin, names } of ownLabels(loaded, metadata)) {
    if (names?.length === classes) return { names, notes };
    if (names !== undefined) notes.push(`the ${names.length} labels of ${origin} are left aside: the model has ${classes} classes`);
  }
  const builtin = builtinLabels(classes);
  if (builtin !== undefined) {
    if (loaded.origin === 'file')
      notes.push(`labels: those of ImageNet, since the model has ${classes} classes; --labels FILE gives others`);
    return { names: builtin, notes };
  }
  return { names: [], notes: [...notes, `the model's ${classes} classes have no labels; --labels FILE gives them, one a line`] };
}

function* ownLabels({ name, beside }: LoadedModel, metadata: ReadonlyMap<string, string>) {
  const stored = metadata.get('labels');
  if (stored !== undefined) yield { origin: 'its metadata', names: parseLabelsJson(stored, `the metadata 'labels' of '${name}'`) };
  if (beside.config !== undefined)
    yield { origin: `'${beside.config.path}'`, names: labelsFromConfig(beside.config.value, beside.config.path) };
}

/** The full label of a class, synonyms included. */
export function labelOf({ names }: Labels, index: number): string {
  return names[index] ?? `class ${index}`;
}

/** A class in a sentence: `tiger cat (class 282)`, or its index alone where it has no label. */
export function classText(labels: Labels, index: number, more: readonly string[] = []): string {
  const named = labels.names[index] !== undefined;
  const inside = [...(named ? [`class ${index}`] : []), ...more].join(', ');
  return inside === '' ? `class ${index}` : `${shortLabel(labels, index)} (${inside})`;
}

/** A label short enough for a title: its first synonym. */
export function shortLabel(labels: Labels, index: number): string {
  const label = labelOf(labels, index);
  return label.split(',', 1).join('').trim() || label;
}
