import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewNode } from '../packages/onnx-grad/src/bytes/write.js';
import type { Constant } from '../packages/onnx-grad/src/graph/types.js';
import { model } from '../packages/onnx-grad/src/testing/model.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'packages/onnx-grad/README.md'), 'utf8');

const wave = (dims: readonly number[], seed: number, size = 1): Constant => ({
  type: 'float32',
  dims,
  data: Array.from({ length: dims.reduce((product, one) => product * one, 1) }, (_, index) => size * Math.sin(seed + index * 1.7)),
});
const node = (opType: string, inputs: string[], output: string, attributes: NewNode['attributes'] = {}): NewNode => ({
  opType,
  inputs,
  outputs: [output],
  attributes,
});

/** Small networks of the kinds that the examples are about. */
const models = {
  'classifier.onnx': model({
    opset: 17,
    inputs: [{ name: 'pixels', type: 'float32', dims: ['batch', 3, 32, 32] }],
    outputs: ['logits'],
    nodes: [
      node('Conv', ['pixels', 'kernel'], 'c', { strides: [2, 2], pads: [1, 1, 1, 1] }),
      node('Relu', ['c'], 'r'),
      node('GlobalAveragePool', ['r'], 'p'),
      node('Flatten', ['p'], 'f', { axis: 1 }),
      node('Gemm', ['f', 'weights'], 'logits'),
    ],
    initializers: new Map([
      ['kernel', wave([8, 3, 3, 3], 1)],
      ['weights', wave([8, 10], 2)],
    ]),
  }),
  'generator.onnx': model({
    opset: 17,
    inputs: [{ name: 'latent', type: 'float32', dims: [1, 8] }],
    outputs: ['image'],
    nodes: [
      node('Gemm', ['latent', 'dense', 'bias'], 'd'),
      node('Reshape', ['d', 'shape'], 's'),
      node('Sigmoid', ['s'], 'a'),
      node('ConvTranspose', ['a', 'kernel'], 't', { strides: [2, 2], kernel_shape: [2, 2] }),
      node('Tanh', ['t'], 'image'),
    ],
    initializers: new Map<string, Constant>([
      ['dense', wave([8, 256], 3, 0.5)],
      ['bias', wave([256], 5)],
      ['kernel', wave([4, 3, 2, 2], 4, 0.5)],
      ['shape', { type: 'int64', dims: [4], data: [1, 4, 8, 8] }],
    ]),
  }),
  'regression.onnx': model({
    opset: 17,
    inputs: [{ name: 'features', type: 'float32', dims: ['houses', 4] }],
    outputs: ['price'],
    nodes: [
      node('Mul', ['features', 'units'], 'u'),
      node('Gemm', ['u', 'first'], 'h'),
      node('Softplus', ['h'], 'a'),
      node('Gemm', ['a', 'second'], 'price'),
    ],
    initializers: new Map<string, Constant>([
      ['units', { type: 'float32', dims: [4], data: [1, 0.2, 0.5, 0.02] }],
      ['first', wave([4, 6], 6)],
      ['second', wave([6, 1], 7)],
    ]),
  }),
};

describe('the examples of the README of onnx-grad', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onnx-grad-readme-'));
  beforeAll(() => {
    for (const [name, bytes] of Object.entries(models)) writeFileSync(join(folder, name), bytes);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What an example prints, run on the built package in the folder of the models. */
  const run = (name: string) =>
    execFileSync(process.execPath, [join(root, 'examples/onnx-grad', `${name}.mjs`)], { cwd: folder, encoding: 'utf8' }).trim();

  it.each(['saliency', 'guidance', 'sensitivity'])('%s stands in it as it is', (name) => {
    const example = readFileSync(join(root, 'examples/onnx-grad', `${name}.mjs`), 'utf8');
    expect(readme).toContain(`\`\`\`js\n${example}\`\`\``);
  });

  it('saliency gives a number for each pixel', () => {
    expect(run('saliency')).toBe('[ 1, 32, 32 ]');
  });

  it('guidance brings the picture nearer to the one that is wanted', () => {
    const losses = run('guidance')
      .split('\n')
      .map((line) => Number(line.split(' ')[1]));
    expect(losses).toHaveLength(6);
    losses.slice(1).forEach((loss, index) => {
      expect(loss).toBeLessThan(losses[index] ?? 0);
    });
  });

  it('sensitivity gives what differences of the price give', async () => {
    const printed = run('sensitivity').matchAll(/(\w+): \[([^\]]+)\]/g);
    const { worth = [], rise = [] } = Object.fromEntries([...printed].map(([, name, list]) => [name, list?.split(',').map(Number)]));
    const session = await InferenceSession.create(models['regression.onnx']);
    const houses = [1.2, 3, 0.5, 20, 0.7, 2, 2.5, 60];
    const price = async (features: readonly number[]) => {
      const outputs = await session.run({ features: new Tensor('float32', Float32Array.from(features), [2, 4]) });
      return Array.from(outputs['price']?.data as Float32Array);
    };
    const slope = async (direction: readonly number[], house: number) => {
      const [above, below] = await Promise.all(
        [1, -1].map((sign) => price(houses.map((value, at) => value + (sign * (direction[at] ?? 0)) / 16))),
      );
      return ((above?.[house] ?? 0) - (below?.[house] ?? 0)) * 8;
    };
    // Central differences with a step of 1/16 of a smooth function: h² / 6 of a third derivative below 1.
    for (const [at, value] of worth.entries())
      expect(value).toBeCloseTo(
        await slope(
          houses.map((_, other) => (other === at ? 1 : 0)),
          Math.floor(at / 4),
        ),
        2,
      );
    for (const [house, value] of rise.entries()) expect(value).toBeCloseTo(await slope([0, 1, 0, 10, 0, 1, 0, 10], house), 2);
    await session.release();
  });
});
