import { type Detection, type Explanation, findMethod, type ImageResult, type Placement } from '@gradcam/core';
import type { Source } from '../../input/source.js';
import type { Io } from '../../io.js';
import { classText, labelOf, shortLabel } from '../../model/labels.js';
import { percent } from '../../output/numbers.js';
import type { ExplainFlags } from './command.js';
import { direction, subject } from './question.js';
import type { Setup } from './setup.js';
import { named } from './words.js';

/** What the network says of one image, and why. */
export interface Explained {
  readonly source: Source;
  readonly result: ImageResult;
  /** Of the whole image, shared by its explanations. */
  readonly milliseconds: number;
  /** Where the network's input lies on the picture; absent for a tensor. */
  readonly placement?: Placement;
}

/** A line of `--json`, in the form that the command line promises. */
interface JsonLine {
  readonly input: string;
  readonly model: string;
  readonly method: string;
  readonly layer: string;
  readonly class: JsonClass;
  readonly score: number;
  /** What the score is: the name of a target. */
  readonly target: string;
  /** The class that it is held against, where one was given. */
  readonly against?: Omit<JsonClass, 'probability'>;
  readonly counterfactual?: true;
  /** What a detector found, in pixels of the picture (of the network's input where that is a tensor). */
  readonly boxes?: readonly JsonBox[];
  readonly predictions: readonly JsonClass[];
  readonly files: readonly string[];
  readonly milliseconds: number;
}

interface JsonClass {
  readonly index: number;
  readonly label: string;
  readonly probability: number;
}

interface JsonBox {
  /** Which box of the output: what --box takes. */
  readonly index: number;
  readonly class: Omit<JsonClass, 'probability'>;
  readonly score: number;
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
}

/** Prints what was found of one image: lines of JSON, or a few lines for people. */
export function reportLines(setup: Setup, explained: Explained, files: readonly (readonly string[])[], flags: ExplainFlags, io: Io): void {
  const { result, source } = explained;
  if (isUndecided(setup, result)) io.note(undecided(setup, explained));
  if (!flags.json) io.out(`${source.name}: ${list(setup, result, flags.top)}\n`);
  for (const [index, explanation] of result.explanations.entries()) {
    const own = files[index] ?? [];
    io.out(
      flags.json ? `${JSON.stringify(jsonLine(setup, explained, explanation, own, flags))}\n` : textLine(setup, explanation, own, flags),
    );
    if (!explanation.evidence) io.note(silent(setup, source, explanation, flags));
  }
}

function list(setup: Setup, { predictions, boxes }: ImageResult, top: number): string {
  if (boxes?.length === 0) return 'no box';
  const found = boxes?.map(({ index, class: of, score }) => `${shortLabel(setup.labels, of)} ${percent(score)} (box ${index})`);
  const isMap = setup.explainer.model.scores.kind === 'pixels';
  const all = isMap ? predictions.filter(({ probability }) => probability > 0) : predictions;
  return (found ?? all.map((prediction) => named(setup, prediction))).slice(0, top).join(', ');
}

function textLine(
  { labels, question }: Setup,
  { method, class: { index, probability } }: Explanation,
  files: readonly string[],
  flags: ExplainFlags,
): string {
  const what = subject(question, classText(labels, index, [percent(probability)]), flags, (other) => shortLabel(labels, other));
  return `  ${findMethod(method).title} ${direction(flags)} ${what}: ${files.join(', ')}\n`;
}

/** How many times as probable as chance the best of many classes is at least, where a classifier knows what it sees: untrained ones reach 2. */
const DECIDED = 4;
/** Of fewer classes chance leaves the best with more. */
const MANY_CLASSES = 20;

function isUndecided({ explainer }: Setup, { predictions }: ImageResult): boolean {
  const { scores } = explainer.model;
  const [best] = predictions;
  const isShare = scores.kind === 'classes' && explainer.plan.target.choices === undefined;
  return isShare && best !== undefined && predictions.length >= MANY_CLASSES && best.probability * predictions.length < DECIDED;
}

/** The usual reason is a picture in another form than the network was trained on: its explanation explains nothing then. */
function undecided({ labels }: Setup, { source, result: { predictions }, placement }: Explained): string {
  const best = classText(labels, predictions[0]?.index ?? 0, [percent(predictions[0]?.probability ?? 0)]);
  const advice =
    placement === undefined ? 'as preprocessed as the model wants it?' : 'in the form that the model wants? --preprocess says which';
  return `gradcam: ${source.name}: no class of ${predictions.length} is much more probable than the others, ${best} the most: is the input ${advice}`;
}

function silent({ labels, explainer, question }: Setup, source: Source, explanation: Explanation, flags: ExplainFlags): string {
  const { layers, class: of } = explanation;
  const what = classText(labels, of.index);
  const why =
    explainer.model.scores.kind === 'pixels' && flags.mask === undefined && of.probability === 0
      ? `no pixel is ${what}; --mask FILE says which pixels to explain`
      : question.against === of.index
        ? `${what} is the class that it is held against`
        : `no position of '${layers.join(' + ')}' speaks ${direction(flags)} ${what}`;
  return `gradcam: ${source.name}: ${why}: the heatmap is all zero`;
}

function jsonLine(
  { loaded, labels, question, explainer }: Setup,
  explained: Explained,
  explanation: Explanation,
  files: readonly string[],
  { top, counterfactual }: ExplainFlags,
): JsonLine {
  const { against } = question;
  const { result, placement } = explained;
  const own = (index: number) => ({ index, label: labelOf(labels, index) });
  const predicted = ({ index, probability }: { index: number; probability: number }): JsonClass => ({
    ...own(index),
    probability,
  });
  return {
    input: explained.source.name,
    model: loaded.name,
    method: explanation.method,
    layer: explanation.layers.join('+'),
    class: predicted(explanation.class),
    score: explanation.score,
    target: explainer.plan.target.name,
    ...(against !== undefined && { against: own(against) }),
    ...(counterfactual && { counterfactual }),
    ...(result.boxes && { boxes: result.boxes.map((box) => jsonBox(box, own(box.class), placement)) }),
    predictions: result.predictions.slice(0, top).map(predicted),
    files,
    milliseconds: Math.round(10 * explained.milliseconds) / 10,
  };
}

function jsonBox({ index, score, left, top, right, bottom }: Detection, of: JsonBox['class'], placement?: Placement): JsonBox {
  const { left: x0, top: y0, scaleX, scaleY } = placement ?? { left: 0, top: 0, scaleX: 1, scaleY: 1 };
  return { index, class: of, score, box: [x0 + left * scaleX, y0 + top * scaleY, x0 + right * scaleX, y0 + bottom * scaleY] };
}
