import { PbfWriter } from 'pbf';
import type { Graph } from '../graph/graph.js';
import type { Initializer, ValueInfo } from '../graph/types.js';
import { concat, field, withGraph } from './append.js';
import { GraphField, TensorField } from './fields.js';
import { encodeAddition } from './write.js';

/** Initializers up to this many elements stay in a skeleton: shapes, axes and bounds, which shape inference reads. */
const SMALL = 1024;

/**
 * The model without its large weights: each becomes an input of the same name, type and shape, and `values` become
 * outputs. It cannot answer, but a runtime that opens it tells the type and shape of every value in a few milliseconds,
 * whatever the size of the model.
 */
export function skeleton(graph: Graph, values: Iterable<string>): Uint8Array {
  const { bytes, graphFields } = graph;
  const left: Initializer[] = [];
  const inputs: ValueInfo[] = [];
  const body: Uint8Array[] = [];
  for (const initializer of graph.initializers.values()) {
    const { name, type, dims, external } = initializer;
    const isLarge = dims.reduce((product, size) => product * size, 1) > SMALL;
    if (type === undefined || (!isLarge && external === undefined)) continue;
    left.push(initializer);
    const outside = isLarge ? undefined : graph.outside(initializer);
    if (outside !== undefined) body.push(field(GraphField.initializer, broughtInside(graph, initializer, outside)));
    else if (!graph.overridable.has(name)) inputs.push({ name, type, dims });
  }
  for (const { start, end } of graphFields) {
    let at = start;
    for (const { field: range } of left) {
      if (range[0] < start || range[1] > end) continue;
      body.push(bytes.subarray(at, range[0]));
      at = range[1];
    }
    body.push(bytes.subarray(at, end));
  }
  body.push(encodeAddition({ nodes: [], initializers: new Map(), inputs, outputs: outputsFor(graph, values) }));
  return concat(withGraph(graph, body));
}

/** A stored tensor with its numbers in the model instead of in a file beside it: the last value of a field wins. */
function broughtInside({ bytes }: Graph, { message }: Initializer, content: Uint8Array): Uint8Array {
  const place = new PbfWriter();
  place.writeTag(TensorField.dataLocation, 0);
  place.writeVarint(0);
  return concat([bytes.subarray(...message), place.finish(), field(TensorField.rawData, content)]);
}

/** Appended outputs that let a runtime report `values`: names alone, since it infers their types. */
export function outputsFor(graph: Graph, values: Iterable<string>): ValueInfo[] {
  const present = new Set(graph.outputs.map(({ name }) => name));
  return [...new Set(values)].filter((name) => !present.has(name)).map((name) => ({ name, type: undefined, dims: undefined }));
}
