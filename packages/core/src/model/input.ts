import type { Graph, ElementType as OnnxElementType } from 'onnx-grad';
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
 * The picture's input: the one of rank 4 that has 1, 3 or 4 channels, first (NCHW) or last (NHWC).
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
  const inputs = graph.inputs.map(({ name, dims }) => `'${name}' ${shapeText(dims)}`).join(', ') || 'none';
  throw new GradcamError(
    'unsupported-model',
    `expected an input shaped [batch, 3, height, width] or [batch, height, width, 3], but the model's inputs are: ${inputs}`,
  );
}

/** How messages and lists write a shape: `[batch, 3, 224, 224]`. */
export function shapeText(dims: readonly Dimension[] | undefined): string {
  return dims === undefined ? '[unknown]' : `[${dims.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}
