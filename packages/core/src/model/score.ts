import { type Facts, type Graph, isFloating, scaleOf, suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Dimension } from '../runtime/runtime.js';
import { type BoxLayout, boxLayout } from './detector.js';
import { type ImageInput, shapeText } from './input.js';
import { type Activation, logitsOf, mapLogitsOf } from './logits.js';

/** What every output has that can be explained. */
interface Scored {
  /** The model's output. */
  readonly output: string;
  /** The value of the graph of which scores are computed: before a final Softmax, LogSoftmax or Sigmoid. */
  readonly logits: string;
  readonly activation: Activation;
  /** Number of classes. */
  readonly classes: number;
}

/** The scores of a classifier: `logits` is [batch, classes], perhaps with axes of size 1. */
export interface ClassScores extends Scored {
  readonly kind: 'classes';
}

/** Class scores of each pixel (segmentation): `logits` is [batch, classes, height, width], or with the classes last. */
export interface PixelScores extends Scored {
  readonly kind: 'pixels';
  /** The axis of the classes. */
  readonly axis: 1 | 3;
  readonly height: Dimension;
  readonly width: Dimension;
}

/** Boxes with class scores (detection): `logits` is [batch, boxes, numbers], or with the numbers of each box first. */
export interface BoxScores extends Scored {
  readonly kind: 'boxes';
  /** The axis of the numbers of each box. */
  readonly axis: 1 | 2;
  /** How many boxes there are. */
  readonly boxes: Dimension;
  readonly layout: BoxLayout;
}

/** A vector of features whose direction alone means something: `logits` is [batch, features]. It has no classes; `classes` counts its features. */
export interface Embedding extends Scored {
  readonly kind: 'embedding';
}

/** What a model says of a picture, and can be asked to explain. */
export type Scores = ClassScores | PixelScores | BoxScores | Embedding;

/** More classes than any published network tells apart; beyond it a file's sizes are not to be believed. */
export const MAX_CLASSES = 2 ** 20;

/**
 * What the named output holds; without a name, the first output of class scores, or else the first that can be explained.
 *
 * @throws GradcamError `unsupported-model` where no output can be explained; `unknown-layer` for an unknown output
 */
export function findScores(graph: Graph, facts: Facts, input: ImageInput, name?: string): Scores {
  const names = graph.outputs.map((output) => output.name);
  if (name !== undefined && !names.includes(name))
    throw new GradcamError('unknown-layer', `the model has no output '${name}'; it has: ${names.join(', ')}${suggestion(name, names, 1)}`);
  const candidates = name === undefined ? names : [name];
  const found = candidates.flatMap((output) => scoresOf(graph, facts, input, output) ?? []);
  const scores = found.find(({ kind }) => kind === 'classes') ?? found[0];
  if (scores !== undefined && scores.classes > MAX_CLASSES)
    throw new GradcamError(
      'unsupported-model',
      `expected at most ${MAX_CLASSES} classes, but the output '${scores.output}' is declared as ${scores.classes}; is the model damaged?`,
    );
  if (scores !== undefined) return scores;
  const shapes = candidates.map((output) => `'${output}' ${shapeText(facts.of(output).dims)}`).join(', ');
  throw new GradcamError(
    'unsupported-model',
    `expected an output of class scores shaped [batch, classes], of class scores of each pixel [batch, classes, height, width], or of boxes as YOLOX and NanoDet write them, but the model gives ${shapes}`,
  );
}

function scoresOf(graph: Graph, facts: Facts, input: ImageInput, output: string): Scores | undefined {
  const { type, dims = [] } = facts.of(output);
  const real = type === undefined || isFloating(type) || scaleOf(graph, output) !== undefined;
  const classes = classCount(dims);
  if (real && classes !== undefined)
    return { kind: isNormalised(graph, output) ? 'embedding' : 'classes', output, ...logitsOf(graph, output), classes };
  if (real && dims.length === 3) return boxesOf(graph, facts, output, dims);
  return dims.length >= 3 ? pixelsOf(graph, facts, input, output) : undefined;
}

/** Number of classes of [batch, classes], or of the same with axes of size 1 behind. */
function classCount(dims: readonly Dimension[]): number | undefined {
  const [, classes, ...rest] = dims;
  return typeof classes === 'number' && classes > 1 && rest.every((size) => size === 1) ? classes : undefined;
}

/** Whether a vector is divided by its own length: what is compared by angles does that, a classifier does not. */
function isNormalised(graph: Graph, output: string): boolean {
  const node = graph.producer(output);
  if (node?.opType === 'LpNormalization') return true;
  const [x = '', length = ''] = node?.inputs ?? [];
  const behind = (value: string): boolean => {
    const { opType = '', inputs = [] } = graph.producer(value) ?? {};
    return (opType === 'ReduceL2' && inputs[0] === x) || (['Clip', 'Max', 'Expand', 'Add'].includes(opType) && inputs.some(behind));
  };
  return node?.opType === 'Div' && behind(length);
}

function boxesOf(graph: Graph, facts: Facts, output: string, dims: readonly Dimension[]): BoxScores | undefined {
  const layout = boxLayout(graph, facts, output, dims);
  if (layout === undefined) return undefined;
  const axis = dims[2] === layout.numbers + layout.count + (layout.objectness === undefined ? 0 : 1) ? 2 : 1;
  const boxes = dims[axis === 2 ? 1 : 2] ?? '';
  return { kind: 'boxes', output, logits: output, activation: 'none', classes: layout.count, axis, boxes, layout };
}

function pixelsOf(graph: Graph, facts: Facts, input: ImageInput, output: string): PixelScores | undefined {
  const { logits, activation } = mapLogitsOf(graph, output);
  const { type, dims = [] } = facts.of(logits);
  const axis = classAxis(dims, input);
  const classes = axis && dims[axis];
  if (axis === undefined || typeof classes !== 'number' || classes < 1 || (type !== undefined && !isFloating(type))) return undefined;
  const [height = '', width = ''] = axis === 1 ? dims.slice(2) : dims.slice(1);
  return { kind: 'pixels', output, logits, activation, classes, axis, height, width };
}

/** Which axis of a map holds classes: the other two have the proportions of the picture. Where both may, the input's own layout tells. */
function classAxis(dims: readonly Dimension[], { layout, height, width }: ImageInput): 1 | 3 | undefined {
  if (dims.length !== 4) return undefined;
  const own = layout === 'NCHW' ? 1 : 3;
  const fits = ([, rows, columns]: readonly [1 | 3, Dimension | undefined, Dimension | undefined]) =>
    [rows, columns, height, width].every((size) => typeof size === 'number') &&
    Number(rows) * Number(width) === Number(columns) * Number(height);
  const axes = (
    [
      [1, dims[2], dims[3]],
      [3, dims[1], dims[2]],
    ] as const
  )
    .filter(fits)
    .map(([axis]) => axis);
  const [only] = axes;
  return axes.length === 1 && typeof dims[only ?? 1] === 'number' ? only : own;
}

/** Probabilities of one row of logits, by the evidence of the graph; softmax where there is none. */
export function probabilities(logits: Float32Array, activation: Activation): Float32Array {
  if (activation === 'sigmoid') return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > highest) highest = logit;
  const powers = new Float32Array(logits.length);
  let sum = 0;
  for (const [index, logit] of logits.entries()) {
    const power = Math.exp(logit - highest);
    powers[index] = power;
    sum += power;
  }
  for (let index = 0; index < powers.length; index++) powers[index] = (powers[index] ?? 0) / sum;
  return powers;
}
