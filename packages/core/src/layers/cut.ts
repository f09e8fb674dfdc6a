import { Attributes, type Graph, type Node } from 'onnx-grad';
import type { Dimension } from '../runtime/runtime.js';
import { type Axis, axisOf, hasTokens, type Part, pictureTokens, plain } from './axes.js';

/** Elements from ≤ i < to of an axis, negative bounds counted from its end; to ≥ 2³¹ − 1 means the end. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const END = 2 ** 31 - 1;

export function constantInts(graph: Graph, value: string): readonly number[] | undefined {
  return graph.constant(value)?.data;
}

/** The ranges of a Slice by axis; an axis whose bounds are computed at run time has none. Undefined where even the axes are. */
export function readSlice(node: Node, graph: Graph, rank: number): ReadonlyMap<number, Range | undefined> | undefined {
  const a = new Attributes(node);
  const read = (name: string, input: number) => {
    const value = node.inputs[input];
    return value === undefined || value === '' ? a.ints(name) : constantInts(graph, value);
  };
  const [starts, ends, steps] = [read('starts', 1), read('ends', 2), node.inputs[4] ? read('steps', 4) : []];
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const axes = node.inputs[3] ? read('axes', 3) : (a.ints('axes') ?? (starts && all.slice(0, starts.length)));
  return (
    axes &&
    new Map(
      axes.map((axis, index) => {
        const [from, to, step] = [starts?.[index], ends?.[index], steps === undefined ? undefined : (steps[index] ?? 1)];
        const range = from === undefined || to === undefined || step === undefined ? undefined : { from, to, step };
        return [axis < 0 ? axis + rank : axis, range] as const;
      }),
    )
  );
}

/**
 * What is left of an axis after a cut: all of the picture's tokens with fewer beside them; tokens beside them alone; of rows,
 * columns or channels a part, which counts as a map of its own; else nobody knows.
 */
export function cut(axis: Axis, range: Range | undefined, size: Dimension, left: Dimension, at: Part['at']): Axis {
  const [only] = axis.parts;
  if (!hasTokens(axis)) {
    const forward = range === undefined || range.step > 0;
    return only === undefined || left === 1 ? plain([]) : axisOf(axis.parts.length === 1 && forward ? only.of : 'unknown', left, at);
  }
  if (range?.step !== 1) return axisOf('unknown', left);
  const { before, after } = axis;
  const total = typeof size === 'number' ? size : undefined;
  const from = range.from >= 0 ? range.from : (total ?? Number.NaN) + range.from;
  const dropped = range.to >= END ? 0 : range.to < 0 ? -range.to : Math.max(0, (total ?? Number.NaN) - range.to);
  if (from <= before && dropped <= after) return { parts: axis.parts, before: before - from, after: after - dropped };
  const inPicture = pictureTokens(axis) ?? Number.NaN;
  const beside = (range.to >= 0 && range.to <= before) || from >= before + inPicture;
  return beside && typeof left === 'number' ? { parts: [], before: left, after: 0 } : axisOf('unknown', left);
}
