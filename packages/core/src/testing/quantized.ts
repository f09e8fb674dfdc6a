import type { Constant } from 'onnx-grad';
import { type ModelParts, model } from '../../../onnx-grad/src/testing/model.js';
import { HEAD } from './networks.js';

/** How a quantised model says so: by pairs of QuantizeLinear and DequantizeLinear around float operators, by quantised operators, by scales found at run time, or of its weights alone. */
export const QUANTIZED_FORMS = ['QDQ', 'QOperator', 'dynamic', 'weights'] as const;

const scalar = (value: number, type: Constant['type'] = 'float32'): Constant => ({ type, dims: [], data: [value] });

const int8 = (dims: readonly number[], data: readonly number[]): Constant => ({ type: 'int8', dims, data });

/** What quantises every tensor: steps of 1 / 8, from −16; feature maps from 0, so that the end of the range is their ReLU. */
const STEP = 1 / 8;

/**
 * `smallNetwork` with every tensor quantised: picture [1, 3, side, side] → 1×1 convolution to two channels `features`, nowhere negative →
 * global average → linear head of 3 classes. Whole multiples of the step pass unrounded, so that all forms give what the float network gives.
 */
export function quantizedNetwork(form: (typeof QUANTIZED_FORMS)[number], side = 4): Uint8Array {
  const node = (
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Extract<ModelParts['nodes'][number], { opType: string }>['attributes'] = {},
    domain?: string,
  ) => ({ opType, inputs, outputs: [output], attributes, ...(domain === undefined ? {} : { domain }) });
  const quantise = (x: string, zero: string, output: string) => node('QuantizeLinear', [x, 'step', zero], output);
  const dequantise = (q: string, zero: string, output: string) => node('DequantizeLinear', [q, 'step', zero], output);
  const microsoft = 'com.microsoft';
  const forms: Readonly<Record<(typeof QUANTIZED_FORMS)[number], ModelParts['nodes']>> = {
    QDQ: [
      quantise('picture', 'signed', 'picture_q'),
      dequantise('picture_q', 'signed', 'picture_r'),
      node('DequantizeLinear', ['kernel', 'one', 'none'], 'kernel_r'),
      node('Conv', ['picture_r', 'kernel_r'], 'conv', { kernel_shape: [1, 1] }),
      quantise('conv', 'unsigned', 'features_q'),
      dequantise('features_q', 'unsigned', 'features'),
      node('GlobalAveragePool', ['features'], 'pooled'),
      quantise('pooled', 'unsigned', 'pooled_q'),
      node('Flatten', ['pooled_q'], 'flat_q', { axis: 1 }),
      dequantise('flat_q', 'unsigned', 'flat'),
      node('DequantizeLinear', ['head', 'one', 'none'], 'head_r'),
      node('Gemm', ['flat', 'head_r'], 'logits', { transB: 1 }),
      quantise('logits', 'signed', 'logits_q'),
      dequantise('logits_q', 'signed', 'scores'),
    ],
    QOperator: [
      quantise('picture', 'signed', 'picture_q'),
      node('QLinearConv', ['picture_q', 'step', 'signed', 'kernel', 'one', 'none', 'step', 'unsigned'], 'features'),
      node('QLinearGlobalAveragePool', ['features', 'step', 'unsigned', 'step', 'unsigned'], 'pooled', { channels_last: 0 }, microsoft),
      node('Flatten', ['pooled'], 'flat', { axis: 1 }),
      node('QGemm', ['flat', 'step', 'unsigned', 'head', 'one', 'none', '', 'step', 'signed'], 'logits', { transB: 1 }, microsoft),
      dequantise('logits', 'signed', 'scores'),
    ],
    dynamic: [
      { opType: 'DynamicQuantizeLinear', inputs: ['picture'], outputs: ['picture_q', 'picture_step', 'picture_zero'] },
      node('ConvInteger', ['picture_q', 'kernel', 'picture_zero'], 'sums'),
      node('Cast', ['sums'], 'sums_f', { to: 1 }),
      node('Mul', ['sums_f', 'picture_step'], 'conv'),
      node('Relu', ['conv'], 'features'),
      node('GlobalAveragePool', ['features'], 'pooled'),
      node('Flatten', ['pooled'], 'flat', { axis: 1 }),
      { opType: 'DynamicQuantizeLinear', inputs: ['flat'], outputs: ['flat_q', 'flat_step', 'flat_zero'] },
      node('MatMulInteger', ['flat_q', 'head_t', 'flat_zero'], 'products'),
      node('Cast', ['products'], 'products_f', { to: 1 }),
      node('Mul', ['products_f', 'flat_step'], 'scores'),
    ],
    weights: [
      node('DequantizeLinear', ['kernel', 'one', 'none'], 'kernel_r'),
      node('Conv', ['picture', 'kernel_r'], 'conv', { kernel_shape: [1, 1] }),
      node('Relu', ['conv'], 'features'),
      node('GlobalAveragePool', ['features'], 'pooled'),
      node('Flatten', ['pooled'], 'flat', { axis: 1 }),
      node('DequantizeLinear', ['head', 'one', 'none'], 'head_r'),
      node('Gemm', ['flat', 'head_r'], 'scores', { transB: 1 }),
    ],
  };
  return model({
    opset: 13,
    nodes: forms[form],
    inputs: [{ name: 'picture', type: 'float32', dims: [1, 3, side, side] }],
    outputs: ['scores'],
    domains: { [microsoft]: 1 },
    initializers: new Map<string, Constant>([
      ['step', scalar(STEP)],
      ['one', scalar(1)],
      ['none', scalar(0, 'int8')],
      ['signed', scalar(128, 'uint8')],
      ['unsigned', scalar(0, 'uint8')],
      ['kernel', int8([2, 3, 1, 1], [1, 0, 0, 0, 1, 0])],
      ['head', int8([3, 2], HEAD.flat())],
      [
        'head_t',
        int8(
          [2, 3],
          [0, 1].flatMap((channel) => HEAD.map((row) => row[channel] ?? 0)),
        ),
      ],
    ]),
  });
}
