import type { ImageInput, Preprocess, Runtime, SessionOptions } from '@gradcam/core';
import type { Io } from '../../io.js';
import { loadPictureClassifier } from '../../model/classifier.js';
import type { Labels } from '../../model/labels.js';
import type { LoadedModel } from '../../model/load.js';
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
  const { loaded, runtime, session, model, labels, spec } = await loadPictureClassifier(flags, io);
  const { input, scores } = model;
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
