import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openExplainer, parsePreprocess, preprocess, type Runtime, type Tensor } from '@gradcam/core';
import { nodeRuntime, readImage } from '@gradcam/node';
import { readModel } from 'onnx-grad';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relativeL2 } from './support/fixtures.js';
import { quantise } from './support/quantise.js';
import { hasShared, shared } from './support/shared.js';

const FILE = 'cifar10_resnet20.onnx';
const PHOTO = 'coral_cat_720p.jpg';
const folder = mkdtempSync(join(tmpdir(), 'quantised-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A network as ONNX Runtime saves it: pairs of QuantizeLinear and DequantizeLinear around an operator become a quantised operator. */
async function fused(model: Uint8Array): Promise<Uint8Array> {
  const file = join(folder, 'fused.onnx');
  const options = { graphOptimizationLevel: 'extended', optimizedModelFilePath: file, logSeverityLevel: 3 } as const;
  await (await InferenceSession.create(model, options)).release();
  return readFileSync(file);
}

describe.skipIf(!hasShared(`models/${FILE}`) || !hasShared(`images/${PHOTO}`))(`${FILE}, quantised to 8 bits`, () => {
  let runtime: Runtime;
  let picture: Tensor;
  let float: Uint8Array;
  let pairs: Uint8Array;
  let operators: Uint8Array;
  beforeAll(async () => {
    runtime = await nodeRuntime();
    float = new Uint8Array(readFileSync(`${shared}models/${FILE}`));
    const models: { readonly file: string; readonly preprocess: unknown }[] = JSON.parse(
      readFileSync(`${shared}models/models.json`, 'utf8'),
    );
    const spec = parsePreprocess(models.find(({ file }) => file === FILE)?.preprocess, 'models.json');
    picture = preprocess(await readImage(`${shared}images/${PHOTO}`), spec).tensor;
    pairs = await quantise(runtime, float, picture);
    operators = await fused(pairs);
  });

  const explained = async (model: Uint8Array, input: Tensor, index: number) => {
    const explainer = await openExplainer(runtime, model);
    const [result] = await explainer.explain(input, [index]);
    await explainer.close();
    const map = result?.explanations[0]?.maps[0]?.data ?? new Float32Array();
    return { map, layers: explainer.layers, score: result?.explanations[0]?.score ?? Number.NaN };
  };

  it('is made of quantised operators once ONNX Runtime has saved it', () => {
    const names = readModel(operators).nodes.map(({ opType }) => opType);
    expect(names.filter((name) => name === 'QLinearConv')).toHaveLength(19);
    expect(names.filter((name) => name === 'QLinearAdd').length).toBeGreaterThan(0);
  });

  // Cat, which the network says with certainty, and two others.
  it.each([3, 5, 0])('has the Grad-CAM of the float network for class %i, as far as 8 bits go', async (index) => {
    const [expected, pair, operator] = await Promise.all([float, pairs, operators].map((model) => explained(model, picture, index)));
    // Rounding to 8 bits in 20 layers: 2 to 5 % were seen.
    expect(relativeL2(pair?.map ?? [], expected?.map ?? [])).toBeLessThan(0.1);
    // Both forms compute the same integers.
    expect(relativeL2(operator?.map ?? [], pair?.map ?? [])).toBeLessThan(1e-5);
  });
});
