import type { Runtime, Tensor } from '@gradcam/core';
import { type Constant, GraphBuilder, type Node, readModel } from 'onnx-grad';
import { decodeTensor } from '../../packages/onnx-grad/src/bytes/tensor.js';
import type { NewAttribute, NewNode } from '../../packages/onnx-grad/src/bytes/write.js';
import { model } from '../../packages/onnx-grad/src/testing/model.js';

/** Operators whose outputs are quantised, unless a ReLU alone reads them. */
const quantised: ReadonlySet<string> = new Set(['Conv', 'Relu', 'Add', 'GlobalAveragePool']);

/**
 * A convolutional network with its activations quantised to uint8 and its weights to int8, a scale for each output channel, by pairs of
 * QuantizeLinear and DequantizeLinear: as post-training quantisers write it. The ranges are those that the values have on one input.
 */
export async function quantise(runtime: Runtime, bytes: Uint8Array, input: Tensor): Promise<Uint8Array> {
  const graph = readModel(bytes);
  const chosen = graph.nodes
    .filter(({ opType, outputs }) => quantised.has(opType) && !graph.consumers(outputs[0] ?? '').every((node) => node.opType === 'Relu'))
    .map(({ outputs }) => outputs[0] ?? '');
  const [picture = ''] = graph.inputs.map(({ name }) => name);
  const b = new GraphBuilder(graph);
  for (const value of chosen) b.expose(value);
  const session = await runtime.open(b.append());
  const seen = { ...(await session.run({ [picture]: input })), [picture]: input };
  await session.close();

  const initializers = new Map<string, Constant>();
  for (const [name, { message }] of graph.initializers) {
    const constant = decodeTensor(bytes.subarray(...message));
    if (constant !== undefined) initializers.set(name, constant);
  }
  const scales = new Map<string, number>();
  const real = new Map<string, string>();
  const nodes: NewNode[] = [];
  const add = (opType: string, inputs: readonly string[], output: string, attributes: NewNode['attributes'] = {}) => {
    nodes.push({ opType, inputs, outputs: [output], attributes });
    return output;
  };
  const roundTrip = (value: string) => {
    const numbers = Array.from(seen[value]?.data ?? [], Number);
    const [low, high] = [Math.min(0, ...numbers), Math.max(0, ...numbers)];
    const scale = Math.fround((high - low) / 255);
    scales.set(value, scale);
    initializers.set(`${value}/scale`, { type: 'float32', dims: [], data: [scale] });
    initializers.set(`${value}/zero`, { type: 'uint8', dims: [], data: [Math.round(-low / scale)] });
    const parameters = [`${value}/scale`, `${value}/zero`];
    real.set(value, add('DequantizeLinear', [add('QuantizeLinear', [value, ...parameters], `${value}/q`), ...parameters], `${value}/real`));
  };
  /**
   * Weights [outputs, …] in steps of 1 / 63 of each channel's largest, and the bias in steps of the products. 7 bits, as quantisers
   * recommend: processors with AVX2 but without VNNI add pairs of products in 16 bits, which 8-bit weights overflow.
   */
  const weights = (node: Node) => {
    const [x = '', w = '', bias] = node.inputs;
    const { dims, data } = initializers.get(w) ?? { dims: [], data: [] };
    const size = data.length / (dims[0] ?? 1);
    const steps = Array.from({ length: dims[0] ?? 0 }, (_, row) =>
      Math.fround(Math.max(...data.slice(row * size, (row + 1) * size).map(Math.abs)) / 63),
    );
    const integers = data.map((value, index) => Math.round(value / (steps[Math.floor(index / size)] ?? 1)));
    initializers.set(w, { type: 'int8', dims, data: integers });
    initializers.set(`${w}/scale`, { type: 'float32', dims: [steps.length], data: steps });
    initializers.set(`${w}/zero`, { type: 'int8', dims: [steps.length], data: steps.map(() => 0) });
    real.set(w, add('DequantizeLinear', [w, `${w}/scale`, `${w}/zero`], `${w}/real`, { axis: 0 }));
    const offsets = bias === undefined ? undefined : initializers.get(bias);
    if (bias === undefined || offsets === undefined) return;
    const products = steps.map((step) => Math.fround(step * (scales.get(x) ?? 1)));
    const whole = offsets.data.map((value, row) => Math.round(value / (products[row] ?? 1)));
    initializers.set(bias, { type: 'int32', dims: offsets.dims, data: whole });
    initializers.set(`${bias}/scale`, { type: 'float32', dims: [products.length], data: products });
    real.set(bias, add('DequantizeLinear', [bias, `${bias}/scale`], `${bias}/real`, { axis: 0 }));
  };

  roundTrip(picture);
  for (const node of graph.nodes) {
    if (node.opType === 'Conv') weights(node);
    const attributes = Object.fromEntries([...node.attributes].map(([name, attribute]) => [name, written(attribute)]));
    nodes.push({ opType: node.opType, inputs: node.inputs.map((name) => real.get(name) ?? name), outputs: node.outputs, attributes });
    for (const output of node.outputs) if (chosen.includes(output)) roundTrip(output);
  }
  return model({
    opset: graph.opset,
    nodes,
    inputs: graph.inputs,
    outputs: graph.outputs.map(({ name }) => name),
    initializers,
  });
}

function written({ i, f, s, ints, floats, tensor }: NonNullable<ReturnType<Node['attributes']['get']>>): NewAttribute {
  const constant = tensor && decodeTensor(tensor);
  if (constant !== undefined) return { tensor: constant };
  if (i !== undefined) return i;
  if (f !== undefined) return { float: f };
  if (s !== undefined) return s;
  return floats !== undefined && floats.length > 0 ? { floats } : (ints ?? []);
}
