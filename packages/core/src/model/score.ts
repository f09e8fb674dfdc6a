import { type Facts, type Graph, isFloating, scaleOf, suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Dimension } from '../runtime/runtime.js';
import { shapeText } from './input.js';

/** How class scores become probabilities: what the graph itself does behind the logits, or `none` where it ends in logits. */
export type Activation = 'softmax' | 'sigmoid' | 'none';

/** The class scores of a classifier. */
export interface Scores {
  /** The model's output that they belong to. */
  readonly output: string;
  /** The value of the graph that holds the logits: before a final Softmax, LogSoftmax or Sigmoid. [batch, classes], perhaps with axes of size 1 */
  readonly logits: string;
  readonly activation: Activation;
  /** Number of classes. */
  readonly classes: number;
}

/** Operators that round numbers to the steps of a quantised type and back. */
const rounding: readonly string[] = ['QuantizeLinear', 'DequantizeLinear'];

/** Operators between logits and output that change no number, or only its type, or round it. */
const passing: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Cast', 'Dropout', ...rounding]);
const activations: ReadonlyMap<string, Activation> = new Map([
  ['Softmax', 'softmax'],
  ['LogSoftmax', 'softmax'],
  ['Sigmoid', 'sigmoid'],
]);

/** Steps back from an output to its logits, over a final Softmax, LogSoftmax or Sigmoid and over what only reshapes or casts. */
export function logitsOf(graph: Graph, output: string): { logits: string; activation: Activation } {
  let value = output;
  for (;;) {
    const node = graph.producer(value);
    const before = node?.inputs[0];
    if (node?.domain !== '' || before === undefined || before === '') break;
    const activation = activations.get(node.opType);
    if (activation !== undefined) return { logits: unrounded(graph, before), activation };
    if (!passing.has(node.opType)) break;
    value = before;
  }
  return { logits: unrounded(graph, output), activation: 'none' };
}

/** Behind logits that are quantised and dequantised, the logits as they were: a score at the end of the range would have no gradient. */
function unrounded(graph: Graph, logits: string): string {
  const node = graph.producer(logits);
  const before = node?.opType === 'DequantizeLinear' ? graph.producer(node.inputs[0] ?? '') : undefined;
  return (before?.opType === 'QuantizeLinear' ? before.inputs[0] : undefined) ?? logits;
}

/**
 * The class scores: those of the named output, or of the first output that is shaped like them.
 *
 * @throws GradcamError `unsupported-model` where the output holds no class scores; `unknown-layer` for an unknown output
 */
export function findScores(graph: Graph, facts: Facts, name?: string): Scores {
  const names = graph.outputs.map((output) => output.name);
  if (name !== undefined && !names.includes(name))
    throw new GradcamError('unknown-layer', `the model has no output '${name}'; it has: ${names.join(', ')}${suggestion(name, names, 1)}`);
  const candidates = name === undefined ? names : [name];
  for (const output of candidates) {
    const { type, dims } = facts.of(output);
    const classes = classCount(dims);
    if (classes !== undefined && (type === undefined || isFloating(type) || scaleOf(graph, output) !== undefined))
      return { output, ...logitsOf(graph, output), classes };
  }
  const shapes = candidates.map((output) => `'${output}' ${shapeText(facts.of(output).dims)}`).join(', ');
  throw new GradcamError(
    'unsupported-model',
    `expected an output of class scores shaped [batch, classes], but the model gives ${shapes}; segmentation and detection models have no single class score`,
  );
}

/** Number of classes of [batch, classes], or of the same with axes of size 1 behind. */
function classCount(dims: readonly Dimension[] | undefined): number | undefined {
  const [, classes, ...rest] = dims ?? [];
  return typeof classes === 'number' && classes > 1 && rest.every((size) => size === 1) ? classes : undefined;
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
