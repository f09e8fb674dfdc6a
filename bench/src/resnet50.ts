import { append, type Constant, type NewNode, readModel } from 'onnx-grad';

/** A graph named `resnet50` with nothing in it: IR version 8, operator set 17. */
const EMPTY = Uint8Array.from([0x08, 8, 0x42, 2, 0x10, 17, 0x3a, 10, 0x12, 8, ...new TextEncoder().encode('resnet50')]);

/** Blocks of each stage, and channels inside of them; four times as many go out. */
const STAGES = [
  { blocks: 3, inner: 64 },
  { blocks: 4, inner: 128 },
  { blocks: 6, inner: 256 },
  { blocks: 3, inner: 512 },
] as const;

/** ResNet-50 (arXiv 1512.03385) for pictures of 224², as exporters write it for inference, with weights that nobody trained. */
export function resnet50(): Uint8Array {
  const nodes: NewNode[] = [];
  const initializers = new Map<string, Constant>();
  const emit = (opType: string, inputs: readonly string[], attributes: NewNode['attributes'] = {}, output = `v${nodes.length}`) => {
    nodes.push({ opType, inputs, outputs: [output], attributes });
    return output;
  };
  const constant = (dims: readonly number[], fanIn: number) => {
    const name = `w${initializers.size}`;
    initializers.set(name, { type: 'float32', dims, data: numbers(dims, fanIn) });
    return name;
  };
  const conv = (x: string, from: number, to: number, size: number, stride: number) => {
    const pad = (size - 1) / 2;
    return emit('Conv', [x, constant([to, from, size, size], from * size * size), constant([to], from * size * size)], {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
  };
  const relu = (x: string) => emit('Relu', [x]);
  let channels = 64;
  let x = emit('MaxPool', [relu(conv('image', 3, channels, 7, 2))], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  for (const [stage, { blocks, inner }] of STAGES.entries())
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const shortcut = block === 0 ? conv(x, channels, 4 * inner, 1, stride) : x;
      const inside = relu(conv(relu(conv(x, channels, inner, 1, 1)), inner, inner, 3, stride));
      channels = 4 * inner;
      x = relu(emit('Add', [conv(inside, inner, channels, 1, 1), shortcut]));
    }
  const pooled = emit('Flatten', [emit('GlobalAveragePool', [x])]);
  emit('Gemm', [pooled, constant([1000, channels], channels), constant([1000], channels)], { transB: 1 }, 'logits');
  return append(readModel(EMPTY), {
    nodes,
    initializers,
    inputs: [{ name: 'image', type: 'float32', dims: [1, 3, 224, 224] }],
    outputs: [{ name: 'logits', type: 'float32', dims: [1, 1000] }],
  });
}

/** Numbers between ±1/√fanIn, the same in every run (a linear congruential generator). */
function numbers(dims: readonly number[], fanIn: number): number[] {
  const made = new Array<number>(dims.reduce((product, size) => product * size, 1));
  let state = dims.reduce((sum, size) => sum * 31 + size, fanIn) >>> 0;
  for (let index = 0; index < made.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    made[index] = (state / 2 ** 31 - 1) / Math.sqrt(fanIn);
  }
  return made;
}
