import { type Model, type Preprocess, type Runtime, readClassifier, type SessionOptions } from '@gradcam/core';
import type { Io } from '../io.js';
import type { MeaningFlags, ModelFlags } from '../options.js';
import { findLabels, type Labels } from './labels.js';
import { type LoadedModel, loadModel, sessionOptions } from './load.js';
import { findPreprocessing } from './preprocessing.js';
import { startRuntime } from './runtime.js';
import { findModel } from './source.js';

/** A model of the command line: what it takes and gives is known, and it is not opened yet. */
export interface Classifier {
  readonly loaded: LoadedModel;
  readonly runtime: Runtime;
  readonly session: SessionOptions;
  readonly model: Model;
}

/** Finds and loads the model of the options, and reads it. */
export async function loadClassifier(flags: ModelFlags & { readonly scoreOutput?: string }, io: Io): Promise<Classifier> {
  const loaded = await loadModel(await findModel(flags.model, io));
  const runtime = await startRuntime(flags, io);
  const session = sessionOptions(loaded, flags);
  const output = flags.scoreOutput === undefined ? {} : { output: flags.scoreOutput };
  return { loaded, runtime, session, model: await readClassifier(runtime, loaded.bytes, { session, ...output }) };
}

/** A classifier that is shown pictures. */
export interface PictureClassifier extends Classifier {
  readonly labels: Labels;
  readonly spec: Preprocess;
}

/** The same, with the names of its classes and how pictures come in; what was assumed of these is said. */
export async function loadPictureClassifier(flags: ModelFlags & MeaningFlags, io: Io): Promise<PictureClassifier> {
  const classifier = await loadClassifier(flags, io);
  const { loaded, model } = classifier;
  const { graph, input, scores } = model;
  const labels = await findLabels(flags.labels, loaded, graph.metadata, scores.classes);
  const { spec, notes } = await findPreprocessing(flags.preprocess, loaded, graph.metadata, input, scores);
  for (const note of [...labels.notes, ...notes]) io.note(`gradcam: ${note}`);
  return { ...classifier, labels, spec };
}
