import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGradient, type Runtime, type Tensor } from '@gradcam/core';
import { readModel } from 'onnx-grad';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFixtures, loadFixture, relativeL2 } from './support/fixtures.js';
import { oneThread } from './support/runtime.js';
import { shared } from './support/shared.js';

/**
 * Models as ONNX Runtime saves them after optimisation, with its own fused operators, against the models that they came from. Fusing
 * changes how sums are rounded, so gates on values near 0 may flip: relative L2 1e-4.
 */
const TOLERANCE = 1e-4;

/** Models by the operators that ONNX Runtime makes of them. */
const fixtures: readonly (readonly [name: string, operators: readonly string[]])[] = [
  ['resnet18', ['FusedConv']],
  ['mobilenet_v2', ['FusedConv']],
  ['efficientnet_b0', ['FusedConv', 'QuickGelu']],
  ['vit_tiny_patch16_224.dynamo', ['BiasGelu', 'FusedMatMul', 'SkipLayerNormalization']],
  ['convnext_tiny', ['BiasGelu']],
];
const models: readonly (readonly [name: string, operators: readonly string[]])[] = [
  ['cifar10_resnet20', ['FusedConv']],
  ['deeplab_v3_1_default_1', ['FusedConv']],
  ['mobilevit_xxs_flowers', ['FusedMatMul', 'QuickGelu']],
  ['yolox_nano', ['FusedConv', 'QuickGelu']],
];

const folder = mkdtempSync(join(tmpdir(), 'optimised-'));
let runtime: Runtime;
beforeAll(async () => {
  runtime = await oneThread();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The model as ONNX Runtime saves it at one of its levels. */
async function optimised(model: Uint8Array, level: 'basic' | 'extended' | 'all'): Promise<Uint8Array> {
  const file = join(folder, `${level}.onnx`);
  const options = { graphOptimizationLevel: level, optimizedModelFilePath: file, logSeverityLevel: 3 } as const;
  await (await InferenceSession.create(model, options)).release();
  return readFileSync(file);
}

/** Names of the operators of ONNX Runtime's own domains. */
function own(model: Uint8Array): string[] {
  const names = readModel(model).nodes.flatMap(({ domain, opType }) => (domain.startsWith('com.microsoft') ? [opType] : []));
  return [...new Set(names)].sort();
}

/** d Σ output / d input. */
async function inputGradient(model: Uint8Array, feeds: Readonly<Record<string, Tensor>>): Promise<Float32Array> {
  const graph = readModel(model);
  const [output, input] = [graph.outputs[0]?.name ?? '', graph.inputs[0]?.name ?? ''];
  const gradient = await openGradient(runtime, model, { of: output, wrt: input, session: { optimization: 'basic' } });
  const { data } = await gradient.run(feeds);
  await gradient.close();
  return data as Float32Array;
}

async function compare(model: Uint8Array, feeds: Readonly<Record<string, Tensor>>, operators: readonly string[]): Promise<void> {
  const expected = await inputGradient(model, feeds);
  for (const level of ['basic', 'extended'] as const) {
    const saved = await optimised(model, level);
    expect(own(saved)).toEqual(level === 'basic' ? [] : operators);
    expect(relativeL2(await inputGradient(saved, feeds), expected), `level ${level}`).toBeLessThan(TOLERANCE);
  }
}

const found = fixtures.filter(([name]) => existsSync(`${shared}fixtures/${name}`));
describeFixtures(
  found.map(([name]) => name),
  '%s',
  (name) => {
    it('has the same gradient after ONNX Runtime optimised it', async () => {
      const { model, input } = await loadFixture(name);
      await compare(model, { input }, found.find(([fixture]) => fixture === name)?.[1] ?? []);
    });
  },
);

describe.each(models)('%s', (name, operators) => {
  const file = `${shared}models/${name}.onnx`;
  it.skipIf(!existsSync(file))('has the same gradient after ONNX Runtime optimised it', async () => {
    const model = readFileSync(file);
    const [input] = readModel(model).inputs;
    const dims = (input?.dims ?? []).map((size) => (typeof size === 'number' ? size : 1));
    const data = Float32Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) => Math.sin(index * 0.7));
    await compare(model, { [input?.name ?? '']: { type: 'float32', dims, data } }, operators);
  });
});

it.skipIf(found.length === 0)(
  'blocked channels, which ONNX Runtime writes at level all for some processors, are refused with the way out',
  async () => {
    const { model, input } = await loadFixture('resnet18');
    const saved = await optimised(model, 'all');
    if (!readModel(saved).nodes.some(({ domain }) => domain === 'com.microsoft.nchwc')) return;
    await expect(inputGradient(saved, { input })).rejects.toThrow(
      /channels lie in blocks.*save it optimised again at level extended or lower/,
    );
  },
);
