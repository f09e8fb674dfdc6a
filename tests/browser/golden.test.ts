import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openExplainer, openGradient, type Runtime, type Tensor } from '@gradcam/core';
import { nodeRuntime, wasmRuntime } from '@gradcam/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallNetwork } from '../../packages/core/src/testing/networks.js';
import { model } from '../../packages/onnx-grad/src/testing/model.js';
import { describeFixtures, type Fixture, fixtureNames, loadFixture, relativeL2 } from '../support/fixtures.js';
import { hasChromium } from './support/chromium.js';
import { runtimePages } from './support/runtime-page.js';

/** A ReLU gate on a value near 0 may flip where numbers are added in another order; gradients then differ by about 3e-3. */
const TOLERANCE = 1e-2;

const EVERYDAY = fileURLToPath(new URL('../../packages/cli/model/everyday-int8.onnx', import.meta.url));

const WASM = [{ threads: 1 }, { threads: 2 }] as const;

describe.skipIf(!hasChromium)('explanations in Chromium', () => {
  const start = runtimePages();

  describe.each(WASM)('on wasm with %o', (options) => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await start(options);
    });

    describeFixtures(
      fixtureNames().filter((name) => name === 'squeezenet1_1' || name === 'shufflenet_v2_x0_5'),
      "are PyTorch's for %s",
      (name) => {
        let loaded: Promise<Fixture> | undefined;
        const load = () => {
          loaded ??= loadFixture(name);
          return loaded;
        };

        it('in Grad-CAM', async () => {
          const fixture = await load();
          let compared = 0;
          for (const { module, value } of fixture.layers) {
            const explainer = await openExplainer(runtime, fixture.model, { layers: [value] });
            for (const index of fixture.classes) {
              const expected = fixture.golden.get(`${module}/gradcam/${index}/raw`);
              if (expected === undefined) continue;
              const [result] = await explainer.explain(fixture.input, [index]);
              expect(relativeL2(result?.explanations[0]?.maps[0]?.data ?? [], expected), `${module} ${index}`).toBeLessThan(TOLERANCE);
              compared++;
            }
            await explainer.close();
          }
          expect(compared).toBeGreaterThan(1);
        });

        it('in the gradient of the input', async () => {
          const fixture = await load();
          const [index = 0] = fixture.classes;
          const expected = fixture.golden.get(`input-gradient/${index}`) ?? expect.fail('no golden gradient');
          const gradient = await openGradient(runtime, fixture.model, { of: 'logits', wrt: 'input', class: index });
          const { data } = await gradient.run({ input: fixture.input });
          await gradient.close();
          expect(relativeL2(data as Float32Array, expected)).toBeLessThan(TOLERANCE);
        });
      },
    );

    it('are those of Node.js for the bundled model', async () => {
      const bytes = new Uint8Array(await readFile(EVERYDAY));
      await expectSame(runtime, await wasmRuntime({ threads: 1 }), bytes, waves([1, 3, 32, 32]), 1e-4);
    });
  });

  describe('on WebGPU', () => {
    let webgpu: Runtime;
    let node: Runtime;
    beforeAll(async () => {
      [webgpu, node] = [await start({ device: 'webgpu' }), await nodeRuntime({ threads: 1 })];
    });

    it('are those of Node.js for a small network', async () => {
      const bytes = smallNetwork({ side: 8 });
      await expectSame(webgpu, node, bytes, waves([1, 3, 8, 8]), 1e-5);
    });

    it('are those of Node.js where maxima are pooled, which WebGPU leaves to the CPU', async () => {
      await expectSame(webgpu, node, pooled(), waves([1, 3, 16, 16]), 1e-5);
    });

    it('wait for each other', async () => {
      const explainer = await openExplainer(webgpu, pooled());
      const results = await Promise.all([0, 1, 2, 1, 0].map((index) => explainer.explainOne(waves([1, 3, 16, 16]), [index])));
      await explainer.close();
      expect(results[4]?.explanations[0]?.maps).toEqual(results[0]?.explanations[0]?.maps);
      expect(results[2]?.explanations[0]?.maps).not.toEqual(results[0]?.explanations[0]?.maps);
    });
  });
});

/** Two methods, one at a layer and one back to the pixels: gradients of all operators in between. */
async function expectSame(runtime: Runtime, other: Runtime, bytes: Uint8Array, input: Tensor, tolerance: number): Promise<void> {
  const options = { methods: ['gradcam', 'saliency'] };
  const [found, expected] = [await openExplainer(runtime, bytes, options), await openExplainer(other, bytes, options)];
  const [one, two] = [await found.explainOne(input, [0, 2]), await expected.explainOne(input, [0, 2])];
  await Promise.all([found.close(), expected.close()]);
  expect(one.explanations).toHaveLength(4);
  for (const [at, { method, maps, score }] of one.explanations.entries()) {
    const same = two.explanations[at] ?? expect.fail('an explanation less');
    expect(score).toBeCloseTo(same.score, 3);
    expect(Math.max(...(same.maps[0]?.data.map(Math.abs) ?? [0])), method).toBeGreaterThan(0);
    expect(relativeL2(maps[0]?.data ?? [], same.maps[0]?.data ?? []), method).toBeLessThan(tolerance);
  }
}

/** Conv, Relu, MaxPool of overlapping windows, Conv, Relu, mean, Gemm: its gradient asks MaxPool where the maxima are. */
function pooled(): Uint8Array {
  const weights = (dims: readonly number[], step: number) => {
    const count = dims.reduce((product, size) => product * size, 1);
    return { type: 'float32', dims, data: Array.from({ length: count }, (_, at) => 0.4 * Math.sin(step * (at + 1)) + 0.02) } as const;
  };
  return model({
    opset: 17,
    nodes: [
      { opType: 'Conv', inputs: ['x', 'w1'], outputs: ['c1'], attributes: { pads: [1, 1, 1, 1] } },
      { opType: 'Relu', inputs: ['c1'], outputs: ['r1'] },
      { opType: 'MaxPool', inputs: ['r1'], outputs: ['p1'], attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } },
      { opType: 'Conv', inputs: ['p1', 'w2'], outputs: ['c2'], attributes: { pads: [1, 1, 1, 1] } },
      { opType: 'Relu', inputs: ['c2'], outputs: ['r2'] },
      { opType: 'GlobalAveragePool', inputs: ['r2'], outputs: ['g'] },
      { opType: 'Flatten', inputs: ['g'], outputs: ['f'] },
      { opType: 'Gemm', inputs: ['f', 'w3'], outputs: ['logits'] },
    ],
    inputs: [{ name: 'x', type: 'float32', dims: ['batch', 3, 16, 16] }],
    outputs: ['logits'],
    initializers: new Map([
      ['w1', weights([4, 3, 3, 3], 1.7)],
      ['w2', weights([6, 4, 3, 3], 2.3)],
      ['w3', weights([6, 3], 3.1)],
    ]),
  });
}

function waves(dims: readonly number[]): Tensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return { type: 'float32', dims, data: Float32Array.from({ length: count }, (_, at) => Math.sin(0.37 * at) + 0.3 * Math.cos(1.3 * at)) };
}
