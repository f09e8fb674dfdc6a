import { type Case, check, constant, smooth, whole } from '../testing/case.js';
import { node, realOf, scales, zeros } from '../testing/quantised.js';

const microsoft = { domain: 'com.microsoft' };

/** q − zero, under the name `q/centred`. */
const centred = (q: string, zero = '') => node(zero === '' ? 'Identity' : 'Sub', zero === '' ? [q] : [q, zero], `${q}/centred`);

const window = { pads: [1, 0, 1, 2], strides: [2, 1], kernel_shape: [3, 2] } as const;

export const integerCases: readonly Case[] = [
  check('ConvInteger', 'no zero points', {
    since: 10,
    inputs: [whole(0, 9, 'uint8', 2, 2, 5, 4), constant(whole(-9, 9, 'int8', 3, 2, 3, 2))],
    linear: true,
    unit: 16,
    twin: ([x = '', w = ''], [y = '']) => [node('Conv', [x, w], y)],
  }),
  check('ConvInteger', 'zero points, strides, pads', {
    since: 10,
    inputs: [whole(0, 19, 'uint8', 2, 2, 5, 4), constant(whole(120, 140, 'uint8', 3, 2, 3, 2)), zeros('uint8', 7), zeros('uint8', 130)],
    attributes: window,
    linear: true,
    unit: 16,
    needsIfSymbolic: 10,
    twin: ([x = '', w = '', zx, zw], [y = '']) => [
      centred(x, zx),
      centred(w, zw),
      node('Conv', [`${x}/centred`, `${w}/centred`], y, window),
    ],
  }),
  check('ConvInteger', 'depthwise', {
    since: 10,
    inputs: [whole(118, 138, 'uint8', 2, 3, 5, 4), constant(whole(-9, 9, 'int8', 3, 1, 3, 3)), zeros('uint8', 128)],
    attributes: { group: 3 },
    linear: true,
    unit: 16,
    twin: ([x = '', w = '', zx], [y = '']) => [centred(x, zx), node('Conv', [`${x}/centred`, w], y, { group: 3 })],
  }),
  check('MatMulInteger', 'both differentiated', {
    since: 10,
    inputs: [whole(90, 110, 'uint8', 2, 3, 4), whole(-15, 9, 'int8', 2, 4, 2), zeros('uint8', 100), zeros('int8', -5)],
    linear: true,
    unit: 16,
    twin: ([a = '', b = '', za, zb], [y = '']) => [centred(a, za), centred(b, zb), node('MatMul', [`${a}/centred`, `${b}/centred`], y)],
  }),
  check('MatMulInteger', 'a zero point for each column', {
    since: 10,
    inputs: [whole(90, 110, 'uint8', 3, 4), constant(whole(-15, 9, 'int8', 4, 2)), zeros('uint8', 100), zeros('int8', 9, -5)],
    linear: true,
    unit: 16,
    twin: ([a = '', b = '', za, zb], [y = '']) => [centred(a, za), centred(b, zb), node('MatMul', [`${a}/centred`, `${b}/centred`], y)],
  }),
  check('MatMulIntegerToFloat', 'bias, a scale for each column', {
    ...microsoft,
    inputs: [
      whole(90, 110, 'uint8', 2, 3, 4),
      constant(whole(-15, 9, 'int8', 4, 2)),
      scales(0.25),
      scales(0.5, 0.125),
      zeros('uint8', 100),
      zeros('int8', 3, -5),
      smooth(2),
    ],
    linear: true,
    unit: 16,
    twin: ([a = '', b = '', sa, sb, za, zb, bias = ''], [y = '']) => [
      ...realOf(a, sa, za),
      ...realOf(b, sb, zb),
      node('MatMul', [`${a}/real`, `${b}/real`], 'product'),
      node('Add', ['product', bias], y),
    ],
  }),
  check('MatMulIntegerToFloat', 'no bias, no zero points', {
    ...microsoft,
    inputs: [whole(-15, 9, 'int8', 3, 4), constant(whole(-15, 9, 'int8', 4, 2)), scales(0.25), scales(0.5)],
    linear: true,
    unit: 16,
    twin: ([a = '', b = '', sa, sb], [y = '']) => [...realOf(a, sa), ...realOf(b, sb), node('MatMul', [`${a}/real`, `${b}/real`], y)],
  }),
  check('DynamicQuantizeMatMul', 'a scale for each column', {
    ...microsoft,
    inputs: [smooth(2, 3, 4), constant(whole(-15, 9, 'int8', 4, 2)), scales(0.25, 0.125), zeros('int8', 2, -5), constant(smooth(2))],
    linear: true,
    twin: ([a = '', b = '', sb, zb, bias = ''], [y = '']) => [
      ...realOf(b, sb, zb),
      node('MatMul', [a, `${b}/real`], 'product'),
      node('Add', ['product', bias], y),
    ],
  }),
];
