import { ancestors, type Graph, type Node, suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { shapeText } from '../model/input.js';
import type { Model } from '../model/model.js';
import type { Scores } from '../model/score.js';
import { holds } from './axes.js';
import { type Layer, lastLayer, type Survey, survey, untold } from './layers.js';
import { layoutOf } from './layout.js';
import { scaleLayers } from './scales.js';
import type { Traced } from './trace.js';

/** A layer by name, or a rule: `auto`, the last feature map; `last-conv`, the last output of a convolution. */
export type LayerChoice = string;

const RULES: readonly LayerChoice[] = ['auto', 'last-conv'];

/**
 * The layer that `auto` means: the last one, but before what only spreads the scores out over the picture (a convolution with one
 * channel a class: SqueezeNet) or only projects it to queries, keys and values (the last attention of a vision transformer).
 *
 * @throws GradcamError `no-layer` where the model has no feature map
 */
export function autoLayer(graph: Graph, scores: Scores, layers: readonly Layer[]): Layer {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  let layer = lastLayer(graph, layers);
  const conv = classConvolution(graph, scores, layer);
  layer = byName.get(conv?.inputs[0] ?? '') ?? layer;
  for (;;) {
    const before = byName.get(rearranged(graph, layer) ?? projected(graph, layer, byName) ?? '');
    if (before === undefined) return layer;
    layer = before;
  }
}

/** The layers that `auto` means: one, but of a detector one for each of its scales. @throws GradcamError `no-layer` */
export function autoLayers(model: Model, layers: readonly Layer[]): readonly Layer[] {
  const scales = model.scores.kind === 'boxes' ? scaleLayers(model, layers, weighted) : [];
  return scales.length > 0 ? scales : [autoLayer(model.graph, model.scores, layers)];
}

/** Operators that convolve with weights. */
export const convolutions: ReadonlySet<string> = new Set(['Conv', 'FusedConv', 'QLinearConv', 'ConvInteger']);

/** What `last-conv` means: the last convolution's output with more than one position that is no class map. */
export function lastConvolution(graph: Graph, scores: Scores, layers: readonly Layer[]): Layer {
  const skipped = classConvolution(graph, scores, lastLayer(graph, layers))?.outputs[0];
  const found = layers.findLast(({ name, operator }) => convolutions.has(operator) && name !== skipped);
  if (found !== undefined) return found;
  throw new GradcamError(
    'no-layer',
    'the model has no convolution with more than one output position; name a layer (gradcam layers lists them)',
  );
}

/** Operators on each element or channel alone: between a convolution and the pooling of its class map, or behind it. */
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
  'QuantizeLinear',
  'DequantizeLinear',
  'QLinearSigmoid',
  'QLinearLeakyRelu',
  // A segmentation's class map is spread to the size of the picture.
  'Resize',
  'Upsample',
  'Transpose',
]);

const products: readonly string[] = ['Gemm', 'MatMul', 'QGemm', 'QLinearMatMul', 'MatMulInteger', 'FusedGemm', 'FusedMatMul'];
const weighted: ReadonlySet<string> = new Set([...convolutions, ...products]);

/** The convolution that makes the last feature map and has one output channel for each class, with no weights behind it. */
function classConvolution(graph: Graph, scores: Scores, last: Layer): Node | undefined {
  if (last.layout.channels !== scores.classes) return undefined;
  const upToLast = ancestors(graph, [last.name]);
  if ([...ancestors(graph, [scores.logits])].some((node) => weighted.has(node.opType) && !upToLast.has(node))) return undefined;
  let node = graph.producer(last.name);
  while (node !== undefined && pointwise.has(node.opType)) node = graph.producer(node.inputs[0] ?? '');
  return node !== undefined && convolutions.has(node.opType) ? node : undefined;
}

/** Operators that hand on every number as it is (at inference). The layer is known by the name, and in the layout, that it has before. */
const rearranging: ReadonlySet<string> = new Set(['Dropout', 'Identity', 'Transpose', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);

function rearranged(graph: Graph, { name, operator }: Layer): string | undefined {
  return rearranging.has(operator) ? graph.producer(name)?.inputs[0] : undefined;
}

/** The layer of which another is a linear projection along the channels, channels last: MatMul with weights, then perhaps a bias. */
function projected(graph: Graph, { name, operator, layout }: Layer, layers: ReadonlyMap<string, Layer>): string | undefined {
  const last = layout.axes.at(-1);
  if (last === undefined || !holds(last, 'channels')) return undefined;
  if (operator === 'MatMul' || operator === 'Gemm') return graph.producer(name)?.inputs[0];
  if (operator !== 'Add') return undefined;
  const [product, ...others] = (graph.producer(name)?.inputs ?? []).flatMap((input) => layers.get(input) ?? []);
  const biased = others.length === 0 && (product?.operator === 'MatMul' || product?.operator === 'Gemm');
  return biased ? graph.producer(product?.name ?? '')?.inputs[0] : undefined;
}

/**
 * Values whose shape must be known before layers can be chosen. For a rule those behind the last known layer, any of which might be a
 * later one; for a name that is no known layer all. For a convolutional network there are none, and no runtime is asked.
 */
export function undecided(model: Model, { layers, traced }: Survey, choices: readonly LayerChoice[]): string[] {
  const named = choices.filter((choice) => model.graph.has(choice));
  if (!named.every((choice) => layers.some(({ name }) => name === choice))) return untold(model, traced);
  // The scales of a detector lie beside each other: none of them is the last.
  if (model.scores.kind === 'boxes' && choices.includes('auto')) return untold(model, traced);
  return choices.some((choice) => RULES.includes(choice)) ? untold(model, traced, layers.at(-1)) : [];
}

/** The layers that a choice means: one, but for a detector's `auto`. @throws as {@link chooseLayer} */
export function chooseLayers(model: Model, choice: LayerChoice, known: Survey = survey(model)): readonly Layer[] {
  return choice === 'auto' ? autoLayers(model, known.layers) : [chooseLayer(model, choice, known)];
}

/**
 * The layer that a choice means.
 *
 * @param known the survey of the model, where it was made already
 * @throws GradcamError `unknown-layer` with the nearest names; `no-layer` where the value is no feature map
 */
export function chooseLayer(model: Model, choice: LayerChoice, known: Survey = survey(model)): Layer {
  const { graph, scores } = model;
  const { layers, traced } = known;
  if (choice === 'auto') return autoLayer(graph, scores, layers);
  if (choice === 'last-conv') return lastConvolution(graph, scores, layers);
  const named = layers.find(({ name }) => name === choice);
  if (named !== undefined) return named;
  if (!graph.has(choice)) {
    const names = [...layers.map(({ name }) => name), ...RULES];
    throw new GradcamError(
      'unknown-layer',
      `the model has no layer named '${choice}'${suggestion(choice, names)}; gradcam layers lists them all`,
    );
  }
  throw new GradcamError(
    'no-layer',
    `layer '${choice}' ${shapeText(model.facts.of(choice).dims)} cannot be explained: ${whyNot(model, traced, choice)}; gradcam layers lists those that can`,
  );
}

function whyNot({ graph, scores }: Model, traced: Traced, value: string): string {
  if (layoutOf(traced.get(value)) === undefined)
    return 'it is no feature map: one axis of channels, and more than one position of the picture';
  const depends = ancestors(graph, [scores.logits]).has(graph.producer(value) as Node);
  return depends ? 'its positions do not reach the class score, only its class token does' : 'the class score does not depend on it';
}
