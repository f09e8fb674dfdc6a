import { Attributes, type Graph, type ElementType as OnnxElementType } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Dimension } from '../runtime/runtime.js';

/** The input of a model that takes the picture. */
export interface ImageInput {
  readonly name: string;
  readonly type: OnnxElementType;
  readonly layout: 'NCHW' | 'NHWC';
  readonly batch: Dimension;
  readonly channels: number;
  readonly height: Dimension;
  readonly width: Dimension;
}

/** Channel counts of pictures: grey, colour, colour with alpha. */
const PICTURE_CHANNELS = [3, 1, 4];

/**
 * The picture's input: the one of rank 4 that has 1, 3 or 4 channels, first (NCHW) or last (NHWC). Where the file leaves their number open, it is the
 * one that the first convolution reads.
 *
 * @throws GradcamError `unsupported-model` where there is none, with the inputs that there are
 */
export function imageInput(graph: Graph): ImageInput {
  for (const channels of PICTURE_CHANNELS) {
    for (const { name, type = 'float32', dims } of graph.inputs) {
      if (dims?.length !== 4) continue;
      const [batch = '', second = '', third = '', last = ''] = dims;
      if (second === channels) return { name, type, layout: 'NCHW', batch, channels, height: third, width: last };
      if (last === channels) return { name, type, layout: 'NHWC', batch, channels, height: second, width: third };
    }
  }
  for (const { name, type = 'float32', dims } of graph.inputs) {
    const { axis, channels = 0 } = convolved(graph, name) ?? {};
    if (dims?.length !== 4 || !PICTURE_CHANNELS.includes(channels)) continue;
    const [batch = '', second = '', third = '', last = ''] = dims;
    if (axis === 1 && typeof second === 'string') return { name, type, layout: 'NCHW', batch, channels, height: third, width: last };
    if (axis === 3 && typeof last === 'string') return { name, type, layout: 'NHWC', batch, channels, height: second, width: third };
  }
  const inputs = graph.inputs.map(({ name, dims }) => `'${name}' ${shapeText(dims)}`).join(', ') || 'none';
  throw new GradcamError(
    'unsupported-model',
    `expected an input shaped [batch, 3, height, width] or [batch, height, width, 3], but the model's inputs are: ${inputs}`,
  );
}

/** The shape of the input. */
export function inputDims({ layout, batch, channels, height, width }: ImageInput): readonly Dimension[] {
  return layout === 'NCHW' ? [batch, channels, height, width] : [batch, height, width, channels];
}

/** Operators between the picture and the first convolution that leave the number of channels as it is: they scale, shift and pad. */
const preparing: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Add', 'Sub', 'Mul', 'Div', 'Pad']);

/** Along which axis of an input the first convolution finds channels, and how many; undefined where none reads it. */
function convolved(graph: Graph, input: string): { readonly axis: number | undefined; readonly channels: number } | undefined {
  // The axes of the input that those of the value are.
  let axes: readonly number[] = [0, 1, 2, 3];
  for (let value = input; ; ) {
    const node = graph.consumers(value).find(({ opType }) => opType !== 'Shape');
    if (node?.domain !== '') return undefined;
    const a = new Attributes(node);
    if (node.opType === 'Conv') {
      const channels = graph.declared(node.inputs[1] ?? '')?.dims?.[1];
      return typeof channels === 'number' ? { axis: axes[1], channels: channels * a.int('group', 1) } : undefined;
    }
    if (node.opType === 'Transpose') axes = (a.ints('perm') ?? [3, 2, 1, 0]).map((axis) => axes[axis] ?? -1);
    else if (!preparing.has(node.opType)) return undefined;
    value = node.outputs[0] ?? '';
  }
}

/** How messages and lists write a shape: `[batch, 3, 224, 224]`. */
export function shapeText(dims: readonly Dimension[] | undefined): string {
  return dims === undefined ? '[unknown]' : `[${dims.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}
