import type { Preprocess, Runtime, SessionOptions } from '@gradcam/core';
import { type ImageInput, readClassifier } from '@gradcam/core';
import type { Io } from '../../io.js';
import { findLabels, type Labels } from '../../model/labels.js';
import { type LoadedModel, loadModel, sessionOptions } from '../../model/load.js';
import { findPreprocessing } from '../../model/preprocessing.js';
import { startRuntime } from '../../model/runtime.js';
import { findModel } from '../../model/source.js';
import { settingsOf } from '../../options.js';
import type { EvaluateFlags } from './command.js';

/** The model and what belongs to it. */
export interface Setup {
  readonly loaded: LoadedModel;
  readonly runtime: Runtime;
  readonly input: ImageInput;
  readonly classes: number;
  readonly labels: Labels;
  readonly spec: Preprocess;
  /** How maps are made, for whatever opens the model. */
  readonly options: ReturnType<typeof explainerOptions>;
}

/** Loads the model's file. Nothing is opened yet. */
export async function setUp(flags: EvaluateFlags, io: Io): Promise<Setup> {
  const loaded = await loadModel(await findModel(flags.model, io));
  const runtime = await startRuntime(flags, io);
  const session = sessionOptions(loaded, flags);
  const { graph, input, scores } = await readClassifier(runtime, loaded.bytes, { session });
  const labels = await findLabels(flags.labels, loaded, graph.metadata, scores.classes);
  const { spec, notes } = await findPreprocessing(flags.preprocess, loaded, graph.metadata, input, scores);
  for (const note of [...labels.notes, ...notes]) io.note(`gradcam: ${note}`);
  return { loaded, runtime, input, classes: scores.classes, labels, spec, options: explainerOptions(flags, session) };
}

function explainerOptions(flags: EvaluateFlags, session: SessionOptions) {
  return {
    ...(flags.layer.length > 0 && { layers: flags.layer }),
    ...(flags.method.length > 0 && { methods: [...new Set(flags.method)] }),
    ...settingsOf(flags),
    session,
  };
}
