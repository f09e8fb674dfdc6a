import { ancestors, type Graph, type Node, stops } from 'onnx-grad';
import { scalesOf } from '../model/detector.js';
import type { Model } from '../model/model.js';
import type { Layer } from './layers.js';

/**
 * The layers that a detector's boxes are read from, one of each scale: the last that everything of the scale passes through, and that is still
 * followed by weights. The map of a box lies in that of its own scale; the others are 0 for it.
 *
 * @param weighted operators with weights
 */
export function scaleLayers({ graph, facts, input, scores }: Model, layers: readonly Layer[], weighted: ReadonlySet<string>): Layer[] {
  const found = scalesOf(graph, facts, scores.output).flatMap((scale) => {
    const behind = ancestors(graph, [scale]);
    const convolved = [...behind].filter(({ opType }) => weighted.has(opType));
    const isFollowed = ({ name }: Layer) => {
      const before = ancestors(graph, [name]);
      return convolved.some((node) => !before.has(node));
    };
    return (
      layers.findLast(
        (layer) => behind.has(graph.producer(layer.name) as Node) && isFollowed(layer) && isPassed(graph, input.name, scale, layer.name),
      ) ?? []
    );
  });
  return [...new Set(found)];
}

/** Whether all that leads from the picture to a value passes through a layer. */
function isPassed(graph: Graph, picture: string, value: string, layer: string): boolean {
  const open = [value];
  const seen = new Set([layer]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === picture) return false;
    if (seen.has(next)) continue;
    seen.add(next);
    const node = graph.producer(next);
    if (node !== undefined && !stops.has(node.opType)) open.push(...node.inputs);
  }
  return true;
}
