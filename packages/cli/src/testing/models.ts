import { type Constant, type TinyModel, tinyModel } from '../../../ort/src/testing/onnx.js';

export const float32 = (dims: readonly number[], data: readonly number[]): Constant => ({
  type: 'float32',
  dims,
  data: new Uint8Array(Float32Array.from(data).buffer),
});

/**
 * A classifier of three classes that can be worked out by hand: its two feature maps are red and green, [batch, 2, 4, 4], and the
 * logits are mean red, mean green, and minus mean red.
 */
export function colorClassifier(changes: Partial<TinyModel> = {}, batch: number | string = 'batch'): Uint8Array {
  return tinyModel({
    nodes: [
      { op: 'Conv', inputs: ['image', 'colors'], outputs: ['maps'] },
      { op: 'Relu', inputs: ['maps'], outputs: ['features'] },
      { op: 'GlobalAveragePool', inputs: ['features'], outputs: ['means'] },
      { op: 'Flatten', inputs: ['means'], outputs: ['flat'] },
      { op: 'MatMul', inputs: ['flat', 'classes'], outputs: ['logits'] },
    ],
    inputs: { image: { type: 'float32', dims: [batch, 3, 4, 4] } },
    outputs: { logits: { type: 'float32', dims: [batch, 3] } },
    constants: { colors: float32([2, 3, 1, 1], [1, 0, 0, 0, 1, 0]), classes: float32([2, 3], [1, 0, -1, 0, 1, 0]) },
    ...changes,
  });
}

/** A segmentation of three classes: red, green, and a tenth everywhere red or green is, [batch, 3, 4, 4]. */
export function colorSegmenter(): Uint8Array {
  return colorClassifier({
    nodes: [
      { op: 'Conv', inputs: ['image', 'colors'], outputs: ['maps'] },
      { op: 'Relu', inputs: ['maps'], outputs: ['features'] },
      { op: 'Conv', inputs: ['features', 'classes'], outputs: ['pixels'] },
    ],
    outputs: { pixels: { type: 'float32', dims: ['batch', 3, 4, 4] } },
    constants: { colors: float32([2, 3, 1, 1], [1, 0, 0, 0, 1, 0]), classes: float32([3, 2, 1, 1], [1, 0, 0, 1, 0.1, 0.1]) },
  });
}

/** The classifier with its convolution's weights in a file beside it. */
export function externalClassifier(location: string): { model: Uint8Array; weights: Uint8Array } {
  const colors = float32([2, 3, 1, 1], [1, 0, 0, 0, 1, 0]);
  const model = colorClassifier({
    constants: { colors: { ...colors, data: { location } }, classes: float32([2, 3], [1, 0, -1, 0, 1, 0]) },
  });
  return { model, weights: colors.data as Uint8Array };
}

/** A classifier that takes bytes. */
export function byteClassifier(): Uint8Array {
  return colorClassifier({
    nodes: [
      { op: 'DequantizeLinear', inputs: ['bytes', 'scale'], outputs: ['image'] },
      { op: 'Conv', inputs: ['image', 'colors'], outputs: ['features'] },
      { op: 'GlobalAveragePool', inputs: ['features'], outputs: ['means'] },
      { op: 'Flatten', inputs: ['means'], outputs: ['flat'] },
      { op: 'MatMul', inputs: ['flat', 'classes'], outputs: ['logits'] },
    ],
    inputs: { bytes: { type: 'uint8', dims: ['batch', 3, 4, 4] } },
    constants: {
      scale: float32([], [1 / 255]),
      colors: float32([2, 3, 1, 1], [1, 0, 0, 0, 1, 0]),
      classes: float32([2, 3], [1, 0, -1, 0, 1, 0]),
    },
  });
}

/** No feature map: the pixels go straight into the classes. */
export function flatClassifier(): Uint8Array {
  return tinyModel({
    nodes: [
      { op: 'Flatten', inputs: ['image'], outputs: ['flat'] },
      { op: 'MatMul', inputs: ['flat', 'classes'], outputs: ['logits'] },
    ],
    inputs: { image: { type: 'float32', dims: ['batch', 3, 4, 4] } },
    outputs: { logits: { type: 'float32', dims: ['batch', 3] } },
    constants: { classes: float32([48, 3], new Array<number>(144).fill(0.1)) },
  });
}

/** y = left · right, two inputs. */
export function product(): Uint8Array {
  return tinyModel({
    nodes: [{ op: 'Mul', inputs: ['left', 'right'], outputs: ['y'] }],
    inputs: { left: { type: 'float32', dims: [2] }, right: { type: 'float32', dims: [2] } },
    outputs: { y: { type: 'float32', dims: [2] } },
  });
}

/** The model with metadata_props behind it: repeated fields of ModelProto may follow the rest. */
export function withMetadata(model: Uint8Array, metadata: Readonly<Record<string, string>>): Uint8Array {
  const parts: Buffer[] = [Buffer.from(model)];
  for (const [key, value] of Object.entries(metadata)) {
    const entry = Buffer.concat([text(1, key), text(2, value)]);
    parts.push(Buffer.from([(14 << 3) | 2]), varint(entry.length), entry);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function text(field: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  return value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value % 128) | 128]), varint(Math.floor(value / 128))]);
}
