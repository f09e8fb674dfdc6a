import { chooseLabels, GradcamError, labelsFromConfig, parseLabels, parseLabelsJson } from '@gradcam/core';
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
  { labels: text, name }: Pick<ModelSource, 'labels' | 'name'>,
  metadata: ReadonlyMap<string, string>,
  classes: number,
): Promise<Labels> {
  if (text !== undefined) {
    const names = labelsIn(text, 'the file of labels');
    if (names.length === classes) return { names, notes: [] };
    throw new GradcamError(
      'invalid-labels',
      `expected ${classes} labels, one a line for each class of '${name}', but the file has ${names.length}`,
    );
  }
  const { names, notes } = chooseLabels({ name, metadata }, classes);
  if (names !== undefined) return { names, notes };
  // A thousand labels are fetched only by whom they name.
  const builtin = classes === 1000 || classes === 1001 ? (await import('./imagenet.js')).labels(classes) : undefined;
  if (builtin !== undefined)
    return { names: builtin, notes: [...notes, `labels: those of ImageNet, since the model has ${classes} classes`] };
  return { names: [], notes: [...notes, `the ${classes} classes have no names; a file of labels, one a line, gives them`] };
}

/** One label a line, a JSON array of them, or a Hugging Face `config.json`. */
function labelsIn(text: string, origin: string): readonly string[] {
  const [first] = text.trimStart();
  if (first === '[') return parseLabelsJson(text, origin);
  if (first !== '{') return parseLabels(text, origin);
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    return parseLabels(text, origin);
  }
  const names = labelsFromConfig(config, origin);
  if (names !== undefined) return names;
  throw new GradcamError('invalid-labels', `expected 'id2label' in ${origin}, or a label in each of its lines`);
}
