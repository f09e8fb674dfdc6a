import { Attributes, type Facts, type Graph, type Node } from 'onnx-grad';
import { passedBy } from './logits.js';

/** How a detector writes a box down, in the order of its numbers. */
export type BoxForm =
  /** Centre from the cell's corner and logarithm of the size, in strides: x, y, width, height (YOLOX). */
  | 'cell'
  /** Centre and size in pixels of the input. */
  | 'pixels'
  /** Distances from the cell to the left, top, right and bottom, in strides, each as logits of 0, 1, 2 … (NanoDet). */
  | 'distances';

/** What the numbers of each box are, in the order in which the output holds them. */
export interface BoxLayout {
  readonly form: BoxForm;
  /** Index of the first number of the rectangle, and how many there are. */
  readonly box: number;
  readonly numbers: number;
  /** Index of the objectness, by which class scores are multiplied; undefined where there is none. */
  readonly objectness: number | undefined;
  /** Index of the first class score. */
  readonly classes: number;
  readonly count: number;
  /** Whether the scores are logits, of which the sigmoid has still to be taken. */
  readonly logits: boolean;
}

/** Operators between the joined numbers of each box and the output, besides the Concat that joins the boxes of several scales. */
const arranging: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Transpose', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Concat']);

/** Values whose shapes tell what the numbers of each box are: those that are joined behind an output. */
export function joinedBehind(graph: Graph, output: string): string[] {
  return [...passedBy(graph, output, arranging)].filter(({ opType }) => opType === 'Concat').flatMap(({ inputs }) => inputs);
}

/**
 * What the numbers of each box are, by how the graph joins them: no name and no number of classes is guessed. Undefined where it joins nothing that
 * is known.
 *
 * @param sizes sizes of the output, one of which counts the numbers of each box
 */
export function boxLayout(graph: Graph, facts: Facts, output: string, sizes: readonly unknown[]): BoxLayout | undefined {
  for (const node of passedBy(graph, output, arranging)) {
    if (node.opType !== 'Concat') continue;
    const parts = joinedBy(graph, facts, node);
    const layout = layoutOf(parts);
    const total = parts.reduce((sum, { size }) => sum + size, 0);
    if (layout !== undefined && sizes.includes(total)) return layout;
  }
  return undefined;
}

/** A part of a Concat. */
interface Joined {
  readonly value: string;
  readonly size: number;
  readonly sigmoid: boolean;
}

function joinedBy(graph: Graph, facts: Facts, node: Node): Joined[] {
  const axis = new Attributes(node).int('axis', 0);
  return node.inputs.map((value) => ({
    value,
    size: Number(facts.of(value).dims?.at(axis) ?? Number.NaN),
    sigmoid: graph.producer(value)?.opType === 'Sigmoid',
  }));
}

/** Operators that take the class scores out of joined numbers. */
const taking: ReadonlySet<string> = new Set([...arranging, 'Sigmoid', 'Split', 'Slice', 'Mul']);

/** The values that a detector computes of each of its scales: what is joined along the boxes. One where there is one scale. */
export function scalesOf(graph: Graph, facts: Facts, output: string): readonly string[] {
  let value = output;
  for (;;) {
    const node = graph.producer(value);
    if (node === undefined || !taking.has(node.opType)) return [value];
    const parts = node.opType === 'Concat' ? joinedBy(graph, facts, node) : [];
    const layout = layoutOf(parts);
    if (parts.length > 1 && layout === undefined) return node.inputs;
    // Where the numbers of all boxes are joined last, the class scores lead on to the scales.
    value = (layout?.classes === 0 ? parts[0] : parts.at(-1))?.value ?? node.inputs[0] ?? '';
  }
}

function layoutOf(parts: readonly Joined[]): BoxLayout | undefined {
  const [first, second, third] = parts;
  if (first === undefined || second === undefined || parts.length > 3) return undefined;
  // YOLOX: rectangle, objectness, classes.
  if (third !== undefined && first.size === 4 && second.size === 1)
    return { form: 'cell', box: 0, numbers: 4, objectness: 4, classes: 5, count: third.size, logits: !third.sigmoid };
  // The same decoded, as YOLOv5 writes it, too: centre, size, and the rest as it was.
  if (third !== undefined && first.size === 2 && second.size === 2)
    return { form: 'pixels', box: 0, numbers: 4, objectness: 4, classes: 5, count: third.size - 1, logits: false };
  if (third !== undefined) return undefined;
  // YOLOv8: rectangle and classes.
  if (first.size === 4 && second.sigmoid)
    return { form: 'pixels', box: 0, numbers: 4, objectness: undefined, classes: 4, count: second.size, logits: false };
  // NanoDet: classes and four distributions of at least two bins.
  if (first.sigmoid && second.size % 4 === 0 && second.size >= 8)
    return {
      form: 'distances',
      box: first.size,
      numbers: second.size,
      objectness: undefined,
      classes: 0,
      count: first.size,
      logits: false,
    };
  return undefined;
}
