import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { openExplainer } from '../explain/open.js';
import type { Tensor } from '../runtime/runtime.js';
import { network } from '../testing/networks.js';

/**
 * SqueezeNet's form: picture → 1×1 convolution → ReLU `features` A → 1×1 convolution with one channel a class, z_c = Σₖ v_ck Aₖ + b_c → ReLU → global average.
 * ∂y_c/∂Aₖ is v_ck / positions where z_c > 0, so αₖ is v_ck · share(z_c > 0) / positions: worked out here in float64.
 */
const runtime = await nodeRuntime();
const [SIDE, CHANNELS, CLASSES] = [4, 8, 5];
const POSITIONS = SIDE * SIDE;

const weights = { kernel: [CHANNELS, 3, 1, 1], heads: [CLASSES, CHANNELS, 1, 1], bias: [CLASSES] };
/** The numbers that `network` gives to weights. */
const weight = (name: string, index: number) => Math.sin(index + name.length);

const classMapNetwork = (side: number | string) =>
  network(
    [
      { opType: 'Conv', inputs: ['picture', 'kernel'], outputs: ['conv'], attributes: { kernel_shape: [1, 1] } },
      { opType: 'Relu', inputs: ['conv'], outputs: ['features'] },
      { opType: 'Conv', inputs: ['features', 'heads', 'bias'], outputs: ['z'], attributes: { kernel_shape: [1, 1] } },
      { opType: 'Relu', inputs: ['z'], outputs: ['lit'] },
      { opType: 'GlobalAveragePool', inputs: ['lit'], outputs: ['pooled'] },
      { opType: 'Flatten', inputs: ['pooled'], outputs: ['scores'], attributes: { axis: 1 } },
    ],
    ['scores'],
    weights,
    side,
  );

const data = Float32Array.from({ length: 2 * 3 * POSITIONS }, (_, index) => 2 * Math.sin(1.7 * index));
const pictures: Tensor = { type: 'float32', dims: [2, 3, SIDE, SIDE], data };

function expected(image: number, index: number): number[] {
  const products = Array.from({ length: POSITIONS }, (_, p) => {
    let product = 0;
    for (let k = 0; k < CHANNELS; k++) {
      let a = 0;
      for (let c = 0; c < 3; c++) a += weight('kernel', 3 * k + c) * (data[(3 * image + c) * POSITIONS + p] ?? 0);
      product += weight('heads', CHANNELS * index + k) * Math.max(a, 0);
    }
    return product;
  });
  const lit = products.filter((product) => product + weight('bias', index) > 0).length;
  return products.map((product) => (product * lit) / POSITIONS ** 2);
}

describe.each([SIDE, 'side'])('a class map, side %s', (side) => {
  it('of several pictures and classes', async () => {
    const explainer = await openExplainer(runtime, classMapNetwork(side));
    const classes = [...Array(CLASSES).keys()];
    for (const [image, { explanations }] of (await explainer.explain(pictures, classes)).entries())
      for (const [index, { layers, maps }] of explanations.entries()) {
        expect(layers).toEqual(['features']);
        for (const [p, value] of expected(image, index).entries()) expect(maps[0]?.data[p]).toBeCloseTo(value, 6);
      }
    await explainer.close();
  });

  it('tells classes apart that are lit at some positions only', () => {
    const lit = [0, 1].flatMap((image) =>
      [...Array(CLASSES).keys()].map(
        (index) => expected(image, index).some((value) => value < 0) && expected(image, index).some((value) => value > 0),
      ),
    );
    expect(lit).toContain(true);
  });
});
