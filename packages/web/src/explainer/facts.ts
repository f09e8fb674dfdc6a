import {
  chooseLabels,
  choosePreprocess,
  type Explainer,
  GradcamError,
  type Preprocess,
  parsePreprocess,
  preprocessDefaults,
  presetFor,
  requireFit,
} from '@gradcam/core';
import type { EngineOptions } from './protocol.js';

/** What is known of an opened model beside its graph. */
export interface Known {
  readonly labels: readonly string[];
  readonly preprocess: Preprocess;
  readonly notes: readonly string[];
}

/** Labels and preprocessing as they are given, else as the model says, else as its shape suggests. @throws GradcamError `invalid-labels`, `invalid-preprocess` */
export async function knownOf({ model, classes }: Explainer, options: EngineOptions, name: string): Promise<Known> {
  const labels = await labelsOf(options.labels, model.graph.metadata, name, classes, model.scores.kind === 'classes');
  const { input } = model;
  if (options.preprocess !== undefined) return { ...labels, preprocess: requireFit(given(options.preprocess, input), input, 'preprocess') };
  const advice = "the option 'preprocess' says it better";
  const { spec, notes } = choosePreprocess({ name, metadata: model.graph.metadata, advice }, input, model.scores);
  return { labels: labels.labels, preprocess: spec, notes: [...labels.notes, ...notes] };
}

function given(choice: string | Partial<Preprocess>, input: Explainer['model']['input']): Preprocess {
  return typeof choice === 'string'
    ? presetFor(choice, input)
    : parsePreprocess(choice, "the option 'preprocess'", preprocessDefaults(input));
}

async function labelsOf(
  names: readonly string[] | undefined,
  metadata: ReadonlyMap<string, string>,
  name: string,
  classes: number,
  isClassifier: boolean,
) {
  if (names !== undefined) {
    if (names.length === classes) return { labels: names, notes: [] };
    throw new GradcamError('invalid-labels', `expected ${classes} labels, one for each class of '${name}', but got ${names.length}`);
  }
  const { names: own, notes } = chooseLabels({ name, metadata }, classes);
  if (own !== undefined) return { labels: own, notes };
  // The list of ImageNet's names travels only where it is asked for.
  const builtin = isClassifier && classes >= 1000 ? (await import('../model/imagenet.js')).builtinLabels(classes) : undefined;
  if (builtin === undefined) return { labels: [], notes };
  return {
    labels: builtin,
    notes: [...notes, `labels: those of ImageNet, since the model has ${classes} classes; the option 'labels' gives others`],
  };
}
