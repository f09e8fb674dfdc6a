import { type Facts, type Graph, stops } from 'onnx-grad';
import type { ImageInput } from '../model/input.js';
import { type Axes, inputAxes } from './axes.js';
import { elementwise, rules } from './rules.js';

/** What the axes of every value hold that is computed from the picture; undefined where nobody can tell. */
export type Traced = ReadonlyMap<string, Axes | undefined>;

/**
 * Follows the picture from the input through the graph. No name and no guess is involved: a Conv makes [images, channels, rows,
 * columns], a Transpose turns them, a Reshape that merges rows and columns makes tokens, a Concat puts a class token before them.
 */
export function traceAxes(graph: Graph, facts: Facts, input: ImageInput): Traced {
  const traced = new Map<string, Axes | undefined>([[input.name, inputAxes(input)]]);
  const axesOf = (value: string) => traced.get(value);
  for (const node of graph.nodes) {
    // Shapes and positions are numbers about the picture, not of it.
    if (stops.has(node.opType) || !node.inputs.some((name) => traced.has(name))) continue;
    const rule = (node.domain === '' || node.domain === 'com.microsoft' ? rules.get(node.opType) : undefined) ?? elementwise;
    node.outputs.forEach((output, index) => {
      if (output === '') return;
      const { dims } = facts.of(output);
      traced.set(output, dims && rule({ node, output, index, dims, graph, facts, images: input.batch, axesOf }));
    });
  }
  return traced;
}
