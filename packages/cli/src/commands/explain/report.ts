import { type Explanation, findMethod, type ImageResult, type Placement } from '@gradcam/core';
import type { Source } from '../../input/source.js';
import type { Io } from '../../io.js';
import { classText, type Labels, labelOf, shortLabel } from '../../model/labels.js';
import { percent } from '../../output/numbers.js';
import type { ExplainFlags } from './command.js';
import type { Setup } from './setup.js';

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
  readonly predictions: readonly JsonClass[];
  readonly files: readonly string[];
  readonly milliseconds: number;
}

interface JsonClass {
  readonly index: number;
  readonly label: string;
  readonly probability: number;
}

/** Prints what was found of one image: lines of JSON, or a few lines for people. */
export function reportLines(setup: Setup, explained: Explained, files: readonly (readonly string[])[], flags: ExplainFlags, io: Io): void {
  const { result, source } = explained;
  if (!flags.json) io.out(`${source.name}: ${list(setup.labels, result, flags.top)}\n`);
  for (const [index, explanation] of result.explanations.entries()) {
    const own = files[index] ?? [];
    io.out(flags.json ? `${JSON.stringify(jsonLine(setup, explained, explanation, own, flags.top))}\n` : textLine(setup, explanation, own));
    if (!explanation.evidence) io.note(silent(setup.labels, source, explanation));
  }
}

function list(labels: Labels, { predictions }: ImageResult, top: number): string {
  return predictions
    .slice(0, top)
    .map(({ index, probability }) => `${shortLabel(labels, index)} ${percent(probability)}`)
    .join(', ');
}

function textLine({ labels }: Setup, { method, class: { index, probability } }: Explanation, files: readonly string[]): string {
  return `  ${findMethod(method).title} for ${classText(labels, index, [percent(probability)])}: ${files.join(', ')}\n`;
}

function silent(labels: Labels, source: Source, { layers, class: { index } }: Explanation): string {
  return `gradcam: ${source.name}: no position of '${layers.join(' + ')}' speaks for ${classText(labels, index)}: the heatmap is all zero`;
}

function jsonLine(
  { source, labels }: Setup,
  explained: Explained,
  explanation: Explanation,
  files: readonly string[],
  top: number,
): JsonLine {
  const named = ({ index, probability }: { index: number; probability: number }): JsonClass => ({
    index,
    label: labelOf(labels, index),
    probability,
  });
  return {
    input: explained.source.name,
    model: source.name,
    method: explanation.method,
    layer: explanation.layers.join('+'),
    class: named(explanation.class),
    score: explanation.score,
    predictions: explained.result.predictions.slice(0, top).map(named),
    files,
    milliseconds: Math.round(10 * explained.milliseconds) / 10,
  };
}
