import type { Graph } from '../graph/graph.js';
import type { ValueInfo } from '../graph/types.js';
import { concat, field } from './append.js';
import { ModelField } from './fields.js';
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
  const large = [...graph.initializers.values()].filter(
    ({ type, dims, external }) =>
      type !== undefined && (external !== undefined || dims.reduce((product, size) => product * size, 1) > SMALL),
  );
  const inputs: ValueInfo[] = large
    .filter(({ name }) => !graph.overridable.has(name))
    .map(({ name, type, dims }) => ({ name, type, dims }));
  const parts: Uint8Array[] = [];
  let from = 0;
  const body: Uint8Array[] = [];
  for (const { fieldStart, start, end } of graphFields) {
    parts.push(bytes.subarray(from, fieldStart));
    from = end;
    let at = start;
    for (const { field: range } of large) {
      if (range[0] < start || range[1] > end) continue;
      body.push(bytes.subarray(at, range[0]));
      at = range[1];
    }
    body.push(bytes.subarray(at, end));
  }
  body.push(encodeAddition({ nodes: [], initializers: new Map(), inputs, outputs: outputsFor(graph, values) }));
  return concat([...parts, field(ModelField.graph, concat(body)), bytes.subarray(from)]);
}

/** Appended outputs that let a runtime report `values`: names alone, since it infers their types. */
export function outputsFor(graph: Graph, values: Iterable<string>): ValueInfo[] {
  const present = new Set(graph.outputs.map(({ name }) => name));
  return [...new Set(values)].filter((name) => !present.has(name)).map((name) => ({ name, type: undefined, dims: undefined }));
}
