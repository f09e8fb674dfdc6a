import { PbfWriter } from 'pbf';
import { OnnxGradError } from '../errors.js';
import type { Graph } from '../graph/graph.js';
import { MAX_MODEL_BYTES } from '../limits.js';
import { ModelField } from './fields.js';
import { type Addition, encodeAddition } from './write.js';

/**
 * The model with the addition behind it: the original bytes as they stand, then a second `graph` field. Protocol buffers
 * define the concatenation of two messages as their merge, so every parser of the specification sees one graph.
 * For memory; for a file that others will open use `splice`.
 *
 * @param room a view that begins with the model's own bytes and has space behind them (same memory): the addition is then
 * written there and nothing is copied. Without it, or where it is too small, the bytes are copied.
 */
export function append(graph: Graph, addition: Addition, room?: Uint8Array): Uint8Array {
  const { bytes } = graph;
  const tail = field(ModelField.graph, encodeAddition(addition));
  const size = checked(bytes.length + tail.length);
  const fits = room !== undefined && room.buffer === bytes.buffer && room.byteOffset === bytes.byteOffset && room.length >= size;
  const edited = fits ? room.subarray(0, size) : new Uint8Array(size);
  if (!fits) edited.set(bytes);
  edited.set(tail, bytes.length);
  return edited;
}

/**
 * The model with the addition inside its one `graph` field, whose length is rewritten: some readers keep only the last of
 * several such fields. The graph's bytes are copied, never parsed.
 */
export function splice(graph: Graph, addition: Addition): Uint8Array {
  const { bytes, graphFields } = graph;
  return concat(withGraph(graph, [...graphFields.map(({ start, end }) => bytes.subarray(start, end)), encodeAddition(addition)]));
}

/** The model, in parts, with one `graph` field in the place of all that it has. @param body parts of a GraphProto message */
export function withGraph({ bytes, graphFields }: Graph, body: readonly Uint8Array[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { fieldStart, end } of graphFields) {
    parts.push(bytes.subarray(from, fieldStart));
    if (from === 0)
      parts.push(
        head(
          ModelField.graph,
          body.reduce((sum, { length }) => sum + length, 0),
        ),
        ...body,
      );
    from = end;
  }
  return [...parts, bytes.subarray(from)];
}

/** One length-delimited field. */
export function field(number: number, content: Uint8Array): Uint8Array {
  return concat([head(number, content.length), content]);
}

/** What begins such a field: its tag, and the length of what follows. */
function head(number: number, length: number): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeTag(number, 2);
  pbf.writeVarint(length);
  return pbf.finish();
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(checked(parts.reduce((sum, part) => sum + part.length, 0)));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function checked(size: number): number {
  if (size > MAX_MODEL_BYTES)
    throw new OnnxGradError(
      'limit',
      `the edited model would have ${size} bytes, over the ${MAX_MODEL_BYTES} that the ONNX format can hold; save its weights as external data first`,
    );
  return size;
}
