import { GradcamError, parseLabels, parseLabelsJson } from '@gradcam/core';
import type { ModelSource } from './protocol.js';

/** Names of a model's classes, class 0 first, none where nobody has named them; and what the user should know of them. */
export interface Labels {
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The labels of a file that was given, else of the model's metadata, else ImageNet's where the number of classes says so.
 *
 * @throws GradcamError `invalid-labels` where a file has another number of labels than the model has classes
 */
export async function findLabels(
  { labels: text, name }: ModelSource,
  metadata: ReadonlyMap<string, string>,
  classes: number,
): Promise<Labels> {
  if (text !== undefined) {
    const names = parseLabels(text, 'the file of labels');
    if (names.length === classes) return { names, notes: [] };
    throw new GradcamError(
      'invalid-labels',
      `expected ${classes} labels, one a line for each class of '${name}', but the file has ${names.length}`,
    );
  }
  const stored = metadata.get('labels');
  if (stored !== undefined) {
    const names = parseLabelsJson(stored, `the metadata of '${name}'`);
    if (names.length === classes) return { names, notes: [] };
  }
  // A thousand labels are fetched only by whom they name.
  const builtin = classes === 1000 || classes === 1001 ? (await import('./imagenet.js')).labels(classes) : undefined;
  if (builtin !== undefined) return { names: builtin, notes: [`Labels: those of ImageNet, as the model has ${classes} classes.`] };
  return { names: [], notes: [`The ${classes} classes have no names; a file of labels, one a line, gives them.`] };
}
