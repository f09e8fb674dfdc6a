import type { NewAttribute } from 'onnx-grad';
import { type ModelParts, model } from '../../../onnx-grad/src/testing/model.js';

type NewNode = ModelParts['nodes'][number];

/** A small vision transformer: patches of 4 × 4, one attention with two heads, four classes. */
export interface Transformer {
  /** Size of the picture: the grid is a fourth of it. */
  readonly height?: number;
  readonly width?: number;
  /** Whether the model leaves the picture's height open, and then has no learned positions. */
  readonly open?: boolean;
  readonly batch?: number | string;
  /** Tokens before the picture's: 1 for a class token, more with distillation or register tokens. */
  readonly before?: number;
  /** Register tokens behind the picture's. */
  readonly after?: number;
  /** What the classifier reads: the first token, or the mean over the picture's. */
  readonly reads?: 'class' | 'mean';
  /** Whether attention folds its heads into the batch, as PyTorch's nn.MultiheadAttention does. */
  readonly folded?: boolean;
}

export const WIDTH = 6;
const HEADS = 2;
const CLASSES = 4;

/** Collects nodes and weights; every method returns the name of what it makes. */
export class Sketch {
  readonly nodes: NewNode[] = [];
  readonly initializers: Map<string, { type: 'float32' | 'int64'; dims: number[]; data: number[] }> = new Map();

  node(opType: string, inputs: readonly string[], output: string, attributes: Readonly<Record<string, NewAttribute>> = {}): string {
    this.nodes.push({ opType, inputs, outputs: [output], attributes });
    return output;
  }

  ints(...data: number[]): string {
    const name = `ints ${data.join()}`;
    this.initializers.set(name, { type: 'int64', dims: [data.length], data });
    return name;
  }

  weight(name: string, ...dims: number[]): string {
    const count = dims.reduce((product, size) => product * size, 1);
    const data = Array.from({ length: count }, (_, index) => Math.sin(index * 1.7 + name.length) / Math.sqrt(dims[0] ?? 1));
    this.initializers.set(name, { type: 'float32', dims, data });
    return name;
  }

  /** LayerNormalization over the last axis. */
  norm(x: string, output: string): string {
    return this.node('LayerNormalization', [x, this.weight(`${output}.weight`, WIDTH), this.weight(`${output}.bias`, WIDTH)], output, {
      axis: -1,
    });
  }

  /** x · W + b along the last axis. */
  linear(x: string, from: number, to: number, output: string): string {
    const product = this.node('MatMul', [x, this.weight(`${output}.weight`, from, to)], `${output}.product`);
    return this.node('Add', [product, this.weight(`${output}.bias`, to)], output);
  }

  /** Attention between the tokens [sequences, tokens, WIDTH], queries, keys and values from one projection. @param folded the number of tokens, to fold heads into the sequences */
  attention(x: string, name: string, folded?: number): string {
    const size = WIDTH / HEADS;
    const qkv = this.node('Reshape', [this.linear(x, WIDTH, 3 * WIDTH, `${name}.qkv`), this.ints(0, 0, 3, HEADS, size)], `${name}.split`);
    const apart = this.node('Transpose', [qkv], `${name}.turned`, { perm: [2, 0, 3, 1, 4] });
    const part = (index: number) => {
      this.initializers.set(`${index}`, { type: 'int64', dims: [], data: [index] });
      const one = this.node('Gather', [apart, `${index}`], `${name}.${index}`, { axis: 0 });
      return folded === undefined ? one : this.node('Reshape', [one, this.ints(-1, folded, size)], `${name}.${index}.folded`);
    };
    const [queries, keys, values] = [part(0), part(1), part(2)];
    const turned = this.node('Transpose', [keys], `${name}.keys`, { perm: folded === undefined ? [0, 1, 3, 2] : [0, 2, 1] });
    const weights = this.node('Softmax', [this.node('MatMul', [queries, turned], `${name}.scores`)], `${name}.weights`, { axis: -1 });
    const mixed = this.node('MatMul', [weights, values], `${name}.heads`);
    const unfolded = folded === undefined ? mixed : this.node('Reshape', [mixed, this.ints(-1, HEADS, folded, size)], `${name}.unfolded`);
    const heads = this.node('Transpose', [unfolded], `${name}.together`, { perm: [0, 2, 1, 3] });
    const joined = this.node('Reshape', [heads, this.ints(0, 0, WIDTH)], `${name}.joined`);
    return this.linear(joined, WIDTH, WIDTH, `${name}.projected`);
  }

  /** x + attention(norm(x)), then + mlp(norm(·)). */
  block(x: string, name: string, folded?: number): string {
    const attended = this.node('Add', [x, this.attention(this.norm(x, `${name}.norm1`), `${name}.attention`, folded)], `${name}.attended`);
    return this.mlp(attended, name);
  }

  mlp(x: string, name: string): string {
    const hidden = this.node('Tanh', [this.linear(this.norm(x, `${name}.norm2`), WIDTH, 2 * WIDTH, `${name}.hidden`)], `${name}.active`);
    return this.node('Add', [x, this.linear(hidden, 2 * WIDTH, WIDTH, `${name}.mlp`)], name);
  }

  /** Features [batch, WIDTH] to `scores`. */
  classify(features: string): void {
    this.node('Gemm', [features, this.weight('head', CLASSES, WIDTH), this.weight('bias', CLASSES)], 'scores', { transB: 1 });
  }

  bytes(dims: readonly (number | string)[]): Uint8Array {
    return model({
      opset: 17,
      nodes: this.nodes,
      inputs: [{ name: 'picture', type: 'float32', dims }],
      outputs: ['scores'],
      initializers: this.initializers,
    });
  }
}

/** ViT: blocks `first` and `last`, the patch embedding `patches` [batch, WIDTH, h, w]. */
export function transformer({
  height = 8,
  width = 8,
  open = false,
  batch = 'batch',
  before = 1,
  after = 0,
  reads = 'class',
  folded = false,
}: Transformer = {}): Uint8Array {
  const s = new Sketch();
  const picture = (height / 4) * (width / 4);
  const tokens = before + picture + after;
  const patches = s.node('Conv', ['picture', s.weight('kernel', WIDTH, 3, 4, 4)], 'patches', { kernel_shape: [4, 4], strides: [4, 4] });
  const flat = s.node('Reshape', [patches, s.ints(0, WIDTH, -1)], 'flat');
  let x = s.node('Transpose', [flat], 'sequence', { perm: [0, 2, 1] });
  if (before + after > 0) {
    const rows = s.node('Slice', [s.node('Shape', ['picture'], 'shape'), s.ints(0), s.ints(1)], 'rows');
    const learned = (count: number, name: string) =>
      count === 0
        ? []
        : [
            s.node(
              'Expand',
              [s.weight(name, 1, count, WIDTH), s.node('Concat', [rows, s.ints(count, WIDTH)], `${name}.shape`, { axis: 0 })],
              `${name}.rows`,
            ),
          ];
    x = s.node('Concat', [...learned(before, 'class'), x, ...learned(after, 'registers')], 'tokens', { axis: 1 });
  }
  if (!open) x = s.node('Add', [x, s.weight('positions', 1, tokens, WIDTH)], 'embedded');
  const fold = folded ? tokens : undefined;
  x = s.norm(s.block(s.block(x, 'first', fold), 'last', fold), 'norm');
  if (reads === 'class') {
    s.initializers.set('0', { type: 'int64', dims: [], data: [0] });
    s.classify(s.node('Gather', [x, '0'], 'read', { axis: 1 }));
  } else {
    const own =
      before + after === 0
        ? x
        : s.node('Slice', [x, s.ints(before), s.ints(after === 0 ? 2 ** 31 - 1 : before + picture), s.ints(1)], 'own');
    s.classify(s.node('ReduceMean', [own], 'read', { axes: [1], keepdims: 0 }));
  }
  return s.bytes([batch, 3, open ? 'height' : height, width]);
}

/** Swin: channels last, attention within windows of 2 × 2 that are folded into the batch; `block` [batch, h, w, WIDTH]. */
export function windowed({ height = 16, width = 24, batch = 'batch' }: Pick<Transformer, 'height' | 'width' | 'batch'> = {}): Uint8Array {
  const s = new Sketch();
  const [h, w] = [height / 4, width / 4];
  const patches = s.node('Conv', ['picture', s.weight('kernel', WIDTH, 3, 4, 4)], 'patches', { kernel_shape: [4, 4], strides: [4, 4] });
  const last = s.node('Transpose', [patches], 'last', { perm: [0, 2, 3, 1] });
  const normed = s.norm(last, 'norm1');
  const rows = s.node('Reshape', [normed, s.ints(-1, h / 2, 2, w / 2, 2, WIDTH)], 'cut');
  const windows = s.node('Reshape', [s.node('Transpose', [rows], 'sorted', { perm: [0, 1, 3, 2, 4, 5] }), s.ints(-1, 4, WIDTH)], 'windows');
  const attended = s.node('Reshape', [s.attention(windows, 'attention'), s.ints(-1, h / 2, w / 2, 2, 2, WIDTH)], 'opened');
  const merged = s.node(
    'Reshape',
    [s.node('Transpose', [attended], 'mended', { perm: [0, 1, 3, 2, 4, 5] }), s.ints(-1, h, w, WIDTH)],
    'merged',
  );
  const x = s.mlp(s.node('Add', [last, merged], 'attended'), 'block');
  const first = s.node('Transpose', [s.norm(x, 'norm')], 'first', { perm: [0, 3, 1, 2] });
  s.classify(s.node('Flatten', [s.node('GlobalAveragePool', [first], 'pooled')], 'features', { axis: 1 }));
  return s.bytes([batch, 3, height, width]);
}

/** MobileViT: pixels at the same place of their 2 × 2 patches attend to each other; the places are folded into the batch. */
export function unfolded({ height = 16, width = 24, batch = 'batch' }: Pick<Transformer, 'height' | 'width' | 'batch'> = {}): Uint8Array {
  const s = new Sketch();
  const [h, w] = [height / 4, width / 4];
  const [patches, pixels] = [(h / 2) * (w / 2), 4];
  const map = s.node('Conv', ['picture', s.weight('kernel', WIDTH, 3, 4, 4)], 'map', { kernel_shape: [4, 4], strides: [4, 4] });
  const cut = s.node('Reshape', [map, s.ints(-1, 2, w / 2, 2)], 'cut');
  const placed = s.node(
    'Reshape',
    [s.node('Transpose', [cut], 'sorted', { perm: [0, 2, 1, 3] }), s.ints(-1, WIDTH, patches, pixels)],
    'placed',
  );
  const sequences = s.node(
    'Reshape',
    [s.node('Transpose', [placed], 'turned', { perm: [0, 3, 2, 1] }), s.ints(-1, patches, WIDTH)],
    'sequences',
  );
  const x = s.block(sequences, 'block');
  s.classify(
    s.node('ReduceMean', [s.node('Reshape', [x, s.ints(-1, pixels * patches, WIDTH)], 'gathered')], 'features', { axes: [1], keepdims: 0 }),
  );
  return s.bytes([batch, 3, height, width]);
}
