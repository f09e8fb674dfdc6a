import { ancestors } from 'onnx-grad';
import type { Model } from '../model/model.js';
import { autoLayer } from './choose.js';
import type { Layer, Survey } from './layers.js';

/**
 * The end of each stage of a network: of every resolution the last layer that all ways from the picture to the score pass, up to the layer
 * `auto`. Inside of a residual block there is none, since a way leads around it.
 */
export function stageEnds({ graph, input, scores }: Model, { traced, layers }: Survey): Layer[] {
  const auto = graph.producer(autoLayer(graph, scores, layers).name)?.index ?? 0;
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  // Shapes are read from the picture, too, but nothing of it flows there.
  const flow = [...ancestors(graph, [scores.logits])]
    .filter(({ outputs }) => outputs.some((output) => traced.has(output)))
    .sort((one, other) => one.index - other.index);
  const readers = new Map<string, number>();
  for (const name of flow.flatMap(({ inputs }) => inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  // What is still to be read, and how often: a value that is alone here is passed by all ways.
  const awaited = new Map([[input.name, readers.get(input.name) ?? 0]]);
  const ends = new Map<string, Layer>();
  for (const { inputs, outputs, index } of flow) {
    if (index > auto) break;
    for (const name of inputs) {
      const left = (awaited.get(name) ?? 0) - 1;
      if (left > 0) awaited.set(name, left);
      else awaited.delete(name);
    }
    for (const output of outputs) if (traced.has(output) && readers.has(output)) awaited.set(output, readers.get(output) ?? 0);
    const layer = byName.get(outputs[0] ?? '');
    if (layer !== undefined && awaited.size === 1 && awaited.has(layer.name)) ends.set(layer.layout.grid.join(), layer);
  }
  return [...ends.values()];
}
