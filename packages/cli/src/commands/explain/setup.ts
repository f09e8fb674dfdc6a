import { describedTarget, type Explainer, openExplainer } from '@gradcam/core';
import type { Io } from '../../io.js';
import { loadClassifier } from '../../model/classifier.js';
import { findLabels, type Labels } from '../../model/labels.js';
import type { LoadedModel } from '../../model/load.js';
import { findPreprocessing } from '../../model/preprocessing.js';
import { settingsOf } from '../../options.js';
import type { ExplainFlags } from './command.js';
import { type Question, questionOf } from './question.js';

const NO_LABELS: Labels = { names: [], notes: [] };

/** The flags that say what is explained, and how. */
export type SetupFlags = Omit<
  ExplainFlags,
  'output' | 'overlay' | 'sheet' | 'alpha' | 'colormap' | 'json' | 'top' | 'saveMap' | 'saveHeatmap'
>;

/** Everything that all images of a run share. */
export interface Setup {
  readonly loaded: LoadedModel;
  /** Name of the runtime. */
  readonly runtime: string;
  /** How the explainer was opened, as plain data; its target is the question's. */
  readonly options: ReturnType<typeof explainerOptions>;
  readonly explainer: Explainer;
  /** Names of the layers whose maps are fused; none where only pixels are explained. */
  readonly layers: readonly string[];
  readonly question: Question;
  readonly labels: Labels;
  /** Classes that were asked for; none: the most probable of each image. */
  readonly classes: readonly number[];
  readonly spec: Awaited<ReturnType<typeof findPreprocessing>>['spec'];
}

/**
 * Loads the model once. What is cheap to check is checked first: a misspelt class costs no loading.
 *
 * @param pictures whether any image is a picture, so that preprocessing is worth a word
 */
export async function setUp(flags: SetupFlags, pictures: boolean, io: Io): Promise<Setup> {
  const { loaded, runtime, session, model } = await loadClassifier(flags, io);
  const { graph, input, scores } = model;
  const { spec, notes } = await findPreprocessing(flags.preprocess, loaded, graph.metadata, input, scores);
  const known = flags.reference === undefined ? await findLabels(flags.labels, loaded, graph.metadata, scores.classes) : NO_LABELS;
  const question = await questionOf(flags, scores, known, spec);
  const { labels, classes, target } = question;
  const options = explainerOptions(flags);
  const explainer = await openExplainer(runtime, loaded.bytes, {
    ...options,
    ...(target !== undefined && { target: describedTarget(target) }),
    session,
    room: loaded.room,
  });
  for (const note of [...labels.notes, ...(pictures ? notes : [])]) io.note(`gradcam: ${note}`);
  if (scores.kind === 'classes' && scores.activation === 'none' && flags.reference === undefined)
    io.note('gradcam: the model gives raw logits: probabilities are their softmax');
  const spreads = explainer.explained.methods.some(({ method }) => method.name === 'gradcam');
  if (scores.kind === 'boxes' && spreads)
    io.note('gradcam: Grad-CAM spreads a mean gradient over the whole picture; hirescam and layercam stay with the box');
  const layers = explainer.explained.methods.find(({ method }) => method.of === 'layer')?.of ?? [];
  if (layers.length > 0 && flags.layer.length === 0) io.note(`gradcam: explaining layer ${layers.join(', ')}; gradcam layers lists others`);
  return { loaded, runtime: runtime.name, options, explainer, layers, question, labels, classes, spec };
}

function explainerOptions(flags: SetupFlags) {
  return {
    ...(flags.layer.length > 0 && { layers: flags.layer }),
    ...(flags.method.length > 0 && { methods: [...new Set(flags.method)] }),
    ...(flags.scoreOutput !== undefined && { output: flags.scoreOutput }),
    ...(flags.counterfactual && { counterfactual: true }),
    ...(flags.fusion && { fusion: flags.fusion }),
    ...(flags.smooth.length > 0 && { smooth: flags.smooth }),
    ...settingsOf(flags),
    ...(flags.compat && { compat: flags.compat }),
  };
}
