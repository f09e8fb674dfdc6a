import { ancestors, type Facts, type Graph, isFloating, type Node, suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { shapeText } from '../model/input.js';
import type { Scores } from '../model/score.js';
import type { Dimension } from '../runtime/runtime.js';

/** A value of the graph that can be explained: a feature map [batch, channels, height, width] on which the score depends. */
export interface Layer {
  /** Name of the value. */
  readonly name: string;
  /** Operator that makes it. */
  readonly operator: string;
  readonly shape: readonly Dimension[];
}

/** A layer by name, or a rule: `auto`, the last spatial feature map; `last-conv`, the last output of a convolution. */
export type LayerChoice = string;

/** Whether a shape is that of a feature map with more than one position. An open size counts as more than one. */
export function isSpatial(dims: readonly Dimension[] | undefined): dims is readonly Dimension[] {
  return dims?.length === 4 && dims.slice(2).some((size) => size !== 1);
}

/**
 * All layers that can be explained, in the order of the graph. Values whose shape nobody knows are left out: learn their
 * facts first.
 */
export function listLayers(graph: Graph, facts: Facts, scores: Scores): Layer[] {
  const needed = ancestors(graph, [scores.logits]);
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const fed = new Set<string>(inputs);
  const layers: Layer[] = [];
  for (const node of graph.nodes) {
    // Weights that nodes compute (dequantised ones, say) depend on no input.
    if (!node.inputs.some((name) => fed.has(name))) continue;
    for (const output of node.outputs) if (output !== '') fed.add(output);
    if (!needed.has(node)) continue;
    const [output] = node.outputs;
    if (output === undefined || output === scores.logits) continue;
    const { type, dims } = facts.of(output);
    if (isSpatial(dims) && (type === undefined || isFloating(type))) layers.push({ name: output, operator: node.opType, shape: dims });
  }
  return layers;
}

/**
 * The layer that `auto` means: the last feature map with more than one position, but before a convolution whose output
 * channels are the classes (SqueezeNet), since such a class map is the score itself spread out.
 *
 * @throws GradcamError `no-layer` where the model has no feature map
 */
export function autoLayer(graph: Graph, scores: Scores, layers: readonly Layer[]): string {
  const last = layers.at(-1);
  if (last === undefined) throw noLayer(graph);
  const conv = classConvolution(graph, scores, last);
  const before = conv?.inputs[0];
  return before !== undefined && layers.some(({ name }) => name === before) ? throughDropout(graph, before) : last.name;
}

/** What `last-conv` means: the last convolution's output with more than one position that is no class map. */
export function lastConvolution(graph: Graph, scores: Scores, layers: readonly Layer[]): string {
  const last = layers.at(-1);
  if (last === undefined) throw noLayer(graph);
  const skipped = classConvolution(graph, scores, last)?.outputs[0];
  const found = layers.findLast(({ name, operator }) => operator === 'Conv' && name !== skipped);
  if (found === undefined)
    throw new GradcamError(
      'no-layer',
      'the model has no convolution with more than one output position; name a layer (gradcam layers lists them)',
    );
  return found.name;
}

/** Operators on each element alone: between a convolution and the pooling of its class map. */
const pointwise: ReadonlySet<string> = new Set([
  'Relu',
  'LeakyRelu',
  'Clip',
  'Sigmoid',
  'HardSwish',
  'Identity',
  'Dropout',
  'BatchNormalization',
  'Cast',
]);

/** The convolution that makes the last feature map and has one output channel for each class, with no weights behind it. */
function classConvolution(graph: Graph, scores: Scores, last: Layer): Node | undefined {
  if (last.shape[1] !== scores.classes) return undefined;
  const weighted = (node: Node) => ['Conv', 'Gemm', 'MatMul'].includes(node.opType);
  const upToLast = ancestors(graph, [last.name]);
  if ([...ancestors(graph, [scores.logits])].some((node) => weighted(node) && !upToLast.has(node))) return undefined;
  let node = graph.producer(last.name);
  while (node !== undefined && pointwise.has(node.opType)) node = graph.producer(node.inputs[0] ?? '');
  return node?.opType === 'Conv' ? node : undefined;
}

/** At inference a Dropout only renames its input: the layer is known by the name that it has before. */
function throughDropout(graph: Graph, value: string): string {
  const node = graph.producer(value);
  const before = node?.opType === 'Dropout' ? node.inputs[0] : undefined;
  return before ?? value;
}

/**
 * The name of a layer from a choice.
 *
 * @throws GradcamError `unknown-layer` with the nearest names; `no-layer` where the value is no feature map
 */
export function chooseLayer(graph: Graph, facts: Facts, scores: Scores, choice: LayerChoice): string {
  const layers = listLayers(graph, facts, scores);
  if (choice === 'auto') return autoLayer(graph, scores, layers);
  if (choice === 'last-conv') return lastConvolution(graph, scores, layers);
  if (layers.some(({ name }) => name === choice)) return choice;
  if (!graph.has(choice)) {
    const names = [...layers.map(({ name }) => name), 'auto', 'last-conv'];
    throw new GradcamError(
      'unknown-layer',
      `the model has no layer named '${choice}'${suggestion(choice, names)}; gradcam layers lists them all`,
    );
  }
  const { dims } = facts.of(choice);
  const why = isSpatial(dims)
    ? 'the class score does not depend on it'
    : 'it is no feature map [batch, channels, height, width] with more than one position';
  throw new GradcamError(
    'no-layer',
    `layer '${choice}' ${shapeText(dims)} cannot be explained: ${why}; gradcam layers lists those that can`,
  );
}

function noLayer(graph: Graph): GradcamError {
  const operators = [...new Set(graph.nodes.map(({ opType }) => opType))].slice(0, 8).join(', ');
  return new GradcamError(
    'no-layer',
    `the model has no spatial layer: no value shaped [batch, channels, height, width] with more than one position leads to the class scores (operators: ${operators}); Grad-CAM needs a convolutional network`,
  );
}
