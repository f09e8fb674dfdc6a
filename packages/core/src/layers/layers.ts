import { ancestors, type Graph, isFloating, scaleOf } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Model } from '../model/model.js';
import type { Dimension } from '../runtime/runtime.js';
import { type Layout, layoutOf } from './layout.js';
import { reachingValues } from './reach.js';
import { type Traced, traceAxes } from './trace.js';

/** A value of the graph that can be explained: a feature map of the picture, all of whose positions can reach the score. */
export interface Layer {
  /** Name of the value. */
  readonly name: string;
  /** Operator that makes it. */
  readonly operator: string;
  readonly shape: readonly Dimension[];
  /** Which of its axes are channels, rows and columns. */
  readonly layout: Layout;
}

/** What is known of a model's layers while its facts are as they are; made once, since it follows every node. */
export interface Survey {
  readonly traced: Traced;
  /** In the order of the graph. Values whose shape nobody knows are left out: learn their facts first. */
  readonly layers: readonly Layer[];
}

export function survey(model: Model): Survey {
  const traced = traceAxes(model.graph, model.facts, model.input);
  return { traced, layers: explainable(model, traced) };
}

/**
 * All layers that can be explained, in the order of the graph. Values whose shape nobody knows are left out: learn their
 * facts first.
 */
export function listLayers(model: Model): readonly Layer[] {
  return survey(model).layers;
}

function explainable({ graph, facts, scores }: Model, traced: Traced): Layer[] {
  const reaching = reachingValues(graph, traced, scores.logits);
  const layers: Layer[] = [];
  for (const { outputs, opType } of graph.nodes) {
    const [name] = outputs;
    if (name === undefined || name === scores.logits || !reaching.has(name)) continue;
    const layout = layoutOf(traced.get(name));
    const { type, dims } = facts.of(name);
    if (layout === undefined || dims === undefined) continue;
    // Integers are explained by the real numbers for which they stand.
    if (type === undefined || isFloating(type) || scaleOf(graph, name) !== undefined)
      layers.push({ name, operator: opType, shape: dims, layout });
  }
  return layers;
}

/**
 * Values whose shape is not known: those computed from the picture on which the scores depend, and what they meet on their way (class
 * tokens). Only those behind a layer where one is given.
 */
export function untold({ graph, facts, scores }: Model, traced: Traced, behind?: Layer): string[] {
  const needed = ancestors(graph, [scores.logits]);
  const first = graph.producer(behind?.name ?? '')?.index ?? -1;
  const met = graph.nodes
    .filter((node) => node.index > first && needed.has(node) && node.outputs.some((output) => traced.has(output)))
    .flatMap(({ inputs, outputs }) => [...inputs, ...outputs.filter((output) => graph.consumers(output).length > 0)]);
  return [...new Set(met)].filter((value) => graph.producer(value) !== undefined && !facts.complete(value));
}

/** @throws GradcamError `no-layer` where there is none */
export function lastLayer(graph: Graph, layers: readonly Layer[]): Layer {
  const last = layers.at(-1);
  if (last !== undefined) return last;
  const operators = [...new Set(graph.nodes.map(({ opType }) => opType))].slice(0, 8).join(', ');
  throw new GradcamError(
    'no-layer',
    `the model has no spatial layer: no value with channels and more than one position of the picture leads to the class scores (operators: ${operators}); Grad-CAM needs a convolutional network or a vision transformer`,
  );
}
