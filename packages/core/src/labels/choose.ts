import { labelsFromConfig, parseLabelsJson } from './parse.js';

/** Where the names of a model's classes may be. */
export interface LabelSources {
  /** The model's `metadata_props`, of which `labels` is read. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What messages call the model. */
  readonly name: string;
  /** Hugging Face's `config.json` beside it, as parsed JSON, and what messages call it. */
  readonly beside?: { readonly path: string; readonly value: unknown } | undefined;
}

/** The labels of a model's classes, and what the user should know of those that were left aside. */
export interface ChosenLabels {
  /** Class 0 first; undefined where nothing names as many classes as the model has. */
  readonly names: readonly string[] | undefined;
  readonly notes: readonly string[];
}

/** The labels that came with a model: of its metadata, else of the file beside it. @throws GradcamError `invalid-labels`, `limit` */
export function chooseLabels(sources: LabelSources, classes: number): ChosenLabels {
  const notes: string[] = [];
  for (const { origin, names } of ownLabels(sources)) {
    if (names?.length === classes) return { names, notes };
    if (names !== undefined) notes.push(`the ${names.length} labels of ${origin} are left aside: the model has ${classes} classes`);
  }
  return { names: undefined, notes };
}

function* ownLabels({ name, metadata, beside }: LabelSources) {
  const stored = metadata.get('labels');
  if (stored !== undefined) yield { origin: 'its metadata', names: parseLabelsJson(stored, `the metadata 'labels' of '${name}'`) };
  if (beside !== undefined) yield { origin: `'${beside.path}'`, names: labelsFromConfig(beside.value, beside.path) };
}
