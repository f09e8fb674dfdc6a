import { type ModelParts, model } from '../../../onnx-grad/src/testing/model.js';

/** A small network whose Grad-CAM can be worked out by hand. */
export interface SmallNetwork {
  readonly opset?: number;
  readonly layout?: 'NCHW' | 'NHWC';
  /** Dimension of the batch, and of the picture's sides. */
  readonly batch?: number | string;
  readonly side?: number | string;
  /** Dimension of the picture's channels, of which there are 3. */
  readonly channels?: number | string;
  /** Of the picture, the weights, and all between. */
  readonly type?: 'float32' | 'float16' | 'float64';
  /** What the head does behind the pooled features. */
  readonly end?: 'logits' | 'Softmax' | 'LogSoftmax' | 'Sigmoid';
}

/** Weights of the linear head, [classes][channels]: class 0 wants the first channel, class 1 the second, class 2 neither. */
export const HEAD = [
  [2, -1],
  [-1, 3],
  [-1, -1],
] as const;

/**
 * picture [batch, 3, side, side] → 1×1 convolution to two channels (the first input channel, and the second) → ReLU `features`
 * → global average → linear head of 3 classes. Then dy_c/dA_k = HEAD[c][k] / positions, so L_c = Σ_k HEAD[c][k] / positions · A_k.
 */
export function smallNetwork({
  opset = 17,
  layout = 'NCHW',
  batch = 'batch',
  side = 4,
  channels = 3,
  type = 'float32',
  end = 'logits',
}: SmallNetwork = {}): Uint8Array {
  const nhwc = layout === 'NHWC';
  const nodes: ModelParts['nodes'][number][] = [];
  if (nhwc) nodes.push({ opType: 'Transpose', inputs: ['picture'], outputs: ['turned'], attributes: { perm: [0, 3, 1, 2] } });
  nodes.push(
    { opType: 'Conv', inputs: [nhwc ? 'turned' : 'picture', 'kernel'], outputs: ['conv'], attributes: { kernel_shape: [1, 1] } },
    { opType: 'Relu', inputs: ['conv'], outputs: ['features'] },
    { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['pooled'] },
    { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
    { opType: 'Gemm', inputs: ['flat', 'head', 'bias'], outputs: [end === 'logits' ? 'scores' : 'logits'], attributes: { transB: 1 } },
  );
  if (end !== 'logits')
    nodes.push({ opType: end, inputs: ['logits'], outputs: ['scores'], attributes: end === 'Sigmoid' ? {} : { axis: 1 } });
  return model({
    opset,
    nodes,
    inputs: [{ name: 'picture', type, dims: nhwc ? [batch, side, side, channels] : [batch, channels, side, side] }],
    outputs: ['scores'],
    initializers: new Map([
      ['kernel', { type, dims: [2, 3, 1, 1], data: [1, 0, 0, 0, 1, 0] }],
      ['head', { type, dims: [3, 2], data: HEAD.flat() }],
      ['bias', { type, dims: [3], data: [0, 0, 0] }],
    ]),
  });
}

/** `smallNetwork` in NHWC, its convolution as a matrix product: ONNX Runtime's CPU has no float64 convolution. */
export function doubleNetwork(side = 4): Uint8Array {
  const type = 'float64';
  return model({
    opset: 17,
    nodes: [
      { opType: 'MatMul', inputs: ['picture', 'kernel'], outputs: ['conv'] },
      { opType: 'Relu', inputs: ['conv'], outputs: ['features'] },
      { opType: 'ReduceMean', inputs: ['features'], outputs: ['pooled'], attributes: { axes: [1, 2], keepdims: 0 } },
      { opType: 'MatMul', inputs: ['pooled', 'head'], outputs: ['scores'] },
    ],
    inputs: [{ name: 'picture', type, dims: ['batch', side, side, 3] }],
    outputs: ['scores'],
    initializers: new Map([
      ['kernel', { type, dims: [3, 2], data: [1, 0, 0, 1, 0, 0] }],
      ['head', { type, dims: [2, 3], data: [0, 1].flatMap((channel) => HEAD.map((row) => row[channel] ?? 0)) }],
    ]),
  });
}

/** A network given by its nodes, with a picture [batch, channels, side, side] as its input. */
export function network(
  nodes: ModelParts['nodes'],
  outputs: readonly string[],
  weights: Readonly<Record<string, readonly number[]>>,
  side: number | string = 8,
  opset = 17,
  channels: number | string = 3,
): Uint8Array {
  const initializers = new Map(
    Object.entries(weights).map(([name, dims]) => {
      const count = dims.reduce((product, size) => product * size, 1);
      return [name, { type: 'float32' as const, dims, data: Array.from({ length: count }, (_, index) => Math.sin(index + name.length)) }];
    }),
  );
  return model({
    opset,
    nodes,
    inputs: [{ name: 'picture', type: 'float32', dims: ['batch', channels, side, side] }],
    outputs,
    initializers,
  });
}

/** A picture of 12 × 12 and a feature map of 5 × 5: sizes that do not divide each other. */
export function resizingNetwork(opset: number): Uint8Array {
  return network(
    [
      { opType: 'Conv', inputs: ['picture', 'kernel'], outputs: ['features'], attributes: { kernel_shape: [4, 4], strides: [2, 2] } },
      { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['pooled'] },
      { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
      { opType: 'Gemm', inputs: ['flat', 'head', 'bias'], outputs: ['scores'], attributes: { transB: 1 } },
    ],
    ['scores'],
    { kernel: [6, 3, 4, 4], head: [4, 6], bias: [4] },
    12,
    opset,
  );
}
