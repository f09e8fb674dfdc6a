import { type ModelParts, model } from '../../../onnx-grad/src/testing/model.js';

type Nodes = ModelParts['nodes'][number][];
type Weights = Map<string, { type: 'float32' | 'int64'; dims: readonly number[]; data: readonly number[] }>;

/** Weights that look random and are the same everywhere, small enough for sums of them to stay where tanh and sigmoid have slopes. */
function weight(weights: Weights, name: string, dims: readonly number[]): string {
  const count = dims.reduce((product, size) => product * size, 1);
  const scale = Math.sqrt((dims[0] ?? 1) / count);
  weights.set(name, {
    type: 'float32',
    dims,
    data: Array.from({ length: count }, (_, index) => Math.sin(3 * index + name.length) * scale),
  });
  return name;
}

export interface Segmenter {
  readonly layout?: 'NCHW' | 'NHWC';
  /** What comes behind the class map. */
  readonly end?: 'logits' | 'Softmax' | 'ArgMax';
  readonly classes?: number;
}

/** picture [batch, 3, 8, 8] → 3×3 convolution → tanh `features` → 1×1 convolution to classes `coarse` → twice the size `map`. Smooth everywhere. */
export function segmenter({ layout = 'NCHW', end = 'logits', classes = 3 }: Segmenter = {}): Uint8Array {
  const weights: Weights = new Map();
  const nhwc = layout === 'NHWC';
  const nodes: Nodes = [
    { opType: 'Conv', inputs: ['picture', weight(weights, 'kernel', [4, 3, 3, 3])], outputs: ['conv'], attributes: { pads: [1, 1, 1, 1] } },
    { opType: 'Tanh', inputs: ['conv'], outputs: ['features'] },
    { opType: 'Conv', inputs: ['features', weight(weights, 'classifier', [classes, 4, 1, 1])], outputs: ['coarse'] },
    { opType: 'Resize', inputs: ['coarse', '', 'scales'], outputs: ['map'], attributes: { mode: 'linear' } },
  ];
  weights.set('scales', { type: 'float32', dims: [4], data: [1, 1, 2, 2] });
  if (nhwc) nodes.push({ opType: 'Transpose', inputs: ['map'], outputs: ['turned'], attributes: { perm: [0, 2, 3, 1] } });
  const last = nhwc ? 'turned' : 'map';
  if (end !== 'logits') nodes.push({ opType: end, inputs: [last], outputs: ['output'], attributes: { axis: nhwc ? 3 : 1 } });
  return model({
    opset: 17,
    nodes,
    inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 3, 8, 8] }],
    outputs: [end === 'logits' ? last : 'output'],
    initializers: weights,
  });
}

/** How detectors write boxes down. */
export type Form = 'YOLOX' | 'YOLOX decoded' | 'YOLOv8' | 'NanoDet';

/** Classes of `detector`, and bins of each distance of NanoDet. */
export const CLASSES = 3;
export const BINS = 5;

/**
 * picture [batch, 3, 64, 64] → maps of 8 × 8, 4 × 4 and 2 × 2 cells, each → tanh `stem0`, `stem1`, `stem2` → 1×1 convolutions → 84 boxes, the finest
 * scale first.
 */
export function detector(form: Form): Uint8Array {
  const weights: Weights = new Map();
  const nodes: Nodes = [];
  const node = (opType: string, inputs: readonly string[], output: string, attributes = {}) => {
    nodes.push({ opType, inputs, outputs: [output], attributes });
    return output;
  };
  const shape = (name: string, dims: readonly number[]) => {
    weights.set(name, { type: 'int64', dims: [dims.length], data: dims });
    return name;
  };
  const conv = (x: string, output: string, to: number, from: number, side = 1) =>
    node('Conv', [x, weight(weights, `${output}.w`, [to, from, side, side])], output, { strides: [side, side] });
  const scales: string[] = [];
  let before = 'picture';
  for (const [scale, side] of [8, 2, 2].entries()) {
    before = node('Tanh', [conv(before, `map${scale}`, 6, scale === 0 ? 3 : 6, side)], `level${scale}`);
    const stem = node('Tanh', [conv(before, `towards${scale}`, 6, 6)], `stem${scale}`);
    const sure = node('Sigmoid', [conv(stem, `class${scale}`, CLASSES, 6)], `sure${scale}`);
    const box = conv(stem, `box${scale}`, form === 'NanoDet' ? 4 * BINS : 4, 6);
    const parts =
      form === 'NanoDet'
        ? [sure, box]
        : form === 'YOLOv8'
          ? [box, sure]
          : [box, node('Sigmoid', [conv(stem, `object${scale}`, 1, 6)], `objectness${scale}`), sure];
    const joined = node('Concat', parts, `joined${scale}`, { axis: 1 });
    const numbers = form === 'NanoDet' ? CLASSES + 4 * BINS : form === 'YOLOv8' ? 4 + CLASSES : 5 + CLASSES;
    scales.push(node('Reshape', [joined, shape(`flat${scale}`, [0, numbers, -1])], `scale${scale}`));
  }
  const all = node('Concat', scales, 'all', { axis: 2 });
  let output = form === 'YOLOv8' ? all : node('Transpose', [all], 'boxes', { perm: [0, 2, 1] });
  if (form === 'YOLOX decoded') {
    const cut = (from: number, to: number) =>
      node('Slice', [output, shape(`from${from}`, [from]), shape(`to${to}`, [to]), shape('axis', [2])], `part${from}`);
    output = node('Concat', [cut(0, 2), node('Exp', [cut(2, 4)], 'sizes'), cut(4, 5 + CLASSES)], 'decoded', { axis: 2 });
  }
  return model({
    opset: 17,
    nodes,
    inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 3, 64, 64] }],
    outputs: [output],
    initializers: weights,
  });
}

/** picture [batch, 3, 8, 8] → 3×3 convolution → tanh `features` → mean → 5 features, divided by their length where `normalised`. */
export function embedding(normalised: boolean): Uint8Array {
  const weights: Weights = new Map();
  const nodes: Nodes = [
    { opType: 'Conv', inputs: ['picture', weight(weights, 'kernel', [4, 3, 3, 3])], outputs: ['conv'] },
    { opType: 'Tanh', inputs: ['conv'], outputs: ['features'] },
    { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['pooled'] },
    { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
    { opType: 'MatMul', inputs: ['flat', weight(weights, 'projection', [4, 5])], outputs: ['vector'] },
  ];
  if (normalised) {
    nodes.push({ opType: 'ReduceL2', inputs: ['vector'], outputs: ['length'], attributes: { axes: [1], keepdims: 1 } });
    nodes.push({ opType: 'Div', inputs: ['vector', 'length'], outputs: ['direction'] });
  }
  return model({
    opset: 17,
    nodes,
    inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 3, 8, 8] }],
    outputs: [normalised ? 'direction' : 'vector'],
    initializers: weights,
  });
}
