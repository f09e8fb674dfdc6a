import { builtinLabels, chooseLabels, GradcamError, parseLabels } from '@gradcam/core';
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
  const { names, notes } = chooseLabels({ name: loaded.name, metadata, beside: loaded.beside.config }, classes);
  if (names !== undefined) return { names, notes };
  const builtin = builtinLabels(classes);
  if (builtin !== undefined) {
    const assumed = `labels: those of ImageNet, since the model has ${classes} classes; --labels FILE gives others`;
    return { names: builtin, notes: loaded.origin === 'file' ? [...notes, assumed] : notes };
  }
  return { names: [], notes: [...notes, `the model's ${classes} classes have no labels; --labels FILE gives them, one a line`] };
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
