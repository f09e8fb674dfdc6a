import { nodeRuntime } from '@gradcam/node';
import { readModel } from 'onnx-grad';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../runtime/runtime.js';
import { against } from '../targets/probability.js';
import { resizingNetwork, smallNetwork } from '../testing/networks.js';
import { detector, segmenter } from '../testing/outputs.js';
import { type ExportOptions, exportExplained } from './export.js';
import { openGradient } from './gradient.js';
import { openExplainer } from './open.js';

const runtime = await nodeRuntime();
const picture = (side: number, images = 1): Tensor => ({
  type: 'float32',
  dims: [images, 3, side, side],
  data: Float32Array.from({ length: images * 3 * side * side }, (_, index) => Math.sin(index * 0.7)),
});

describe('a self-explaining model', () => {
  it('keeps its inputs and outputs, and adds the heatmap of the most probable class of each row', async () => {
    const { bytes, heatmap, classInput, layers } = await exportExplained(runtime, resizingNetwork(17));
    expect({ heatmap, classInput, layers }).toEqual({ heatmap: 'heatmap', classInput: undefined, layers: ['features'] });
    expect(readModel(bytes).graphFields).toHaveLength(1);
    const session = await runtime.open(bytes);
    expect(session.inputs.map(({ name }) => name)).toEqual(['picture']);
    expect(session.outputs).toEqual([
      expect.objectContaining({ name: 'scores' }),
      { name: 'heatmap', type: 'float32', dims: ['batch', 12, 12] },
    ]);
    const outputs = await session.run({ picture: picture(12, 2) });
    const explainer = await openExplainer(runtime, resizingNetwork(17));
    const expected = (await explainer.explain(picture(12, 2))).flatMap(({ explanations }) => [...(explanations[0]?.heatmap.data ?? [])]);
    expect(outputs['heatmap']?.dims).toEqual([2, 12, 12]);
    // The file computes its resizing matrices in float32, the explainer is given them.
    expected.forEach((value, index) => {
      expect(outputs['heatmap']?.data[index]).toBeCloseTo(value, 5);
    });
    await session.close();
    await explainer.close();
  });

  it.each([
    ['a segmentation', segmenter({ layout: 'NHWC' }), 8, {}],
    ['a detector', detector('YOLOX'), 64, { methods: ['hirescam'] }],
    ['one class against another', smallNetwork(), 4, { target: against(1), class: 0 }],
    ['what speaks against a class', smallNetwork(), 4, { counterfactual: true, class: 1 }],
  ] as const)('of %s gives the heatmap that the explainer gives', async (_, model, side, { class: index, ...options }: ExportOptions) => {
    const { bytes } = await exportExplained(runtime, model, { ...options, ...(index !== undefined && { class: index }) });
    const session = await runtime.open(bytes);
    const heatmap = (await session.run({ picture: picture(side) }))['heatmap']?.data;
    const explainer = await openExplainer(runtime, model, options);
    const { explanations } = await explainer.explainOne(picture(side), index === undefined ? [] : [index]);
    expect(explanations[0]?.evidence).toBe(true);
    for (const [at, value] of explanations[0]?.heatmap.data.entries() ?? []) expect(heatmap?.[at]).toBeCloseTo(value, 4);
    await session.close();
    await explainer.close();
  });

  it('takes another name where the model has a heatmap already', async () => {
    const { bytes } = await exportExplained(runtime, smallNetwork());
    const again = await exportExplained(runtime, bytes, { class: 1 });
    expect(again.heatmap).toBe('heatmap_1');
    const session = await runtime.open(again.bytes);
    expect(session.outputs.map(({ name }) => name)).toEqual(['scores', 'heatmap', 'heatmap_1']);
    await session.close();
  });

  it('refuses a class out of range', async () => {
    await expect(exportExplained(runtime, smallNetwork(), { class: 3 })).rejects.toMatchObject({ code: 'unknown-class' });
  });
});

describe('a plain gradient', () => {
  it('of one class and of the sum of all', async () => {
    // The head is linear: d scores / d flat is the row of its weights, and for the sum the sum of rows.
    const cases = [
      { class: 1, expected: [-1, 3] },
      { class: undefined, expected: [0, 1] },
    ];
    for (const { class: index, expected } of cases) {
      const gradient = await openGradient(runtime, smallNetwork(), {
        of: 'scores',
        wrt: 'flat',
        ...(index === undefined ? {} : { class: index }),
      });
      const { dims, data } = await gradient.run({ picture: picture(4) });
      expect(dims).toEqual([1, 2]);
      expect([...(data as Float32Array)]).toEqual(expected);
      await gradient.close();
    }
  });

  it('steps over no Softmax: probabilities sum to 1, so their sum has no gradient', async () => {
    const gradient = await openGradient(runtime, smallNetwork({ end: 'Softmax' }), { of: 'scores', wrt: 'flat' });
    const { data } = await gradient.run({ picture: picture(4) });
    for (const value of data as Float32Array) expect(Math.abs(value)).toBeLessThan(1e-6);
    await gradient.close();
  });

  it('names a value that is not there, a class out of range, and a missing path', async () => {
    await expect(openGradient(runtime, smallNetwork(), { of: 'scores', wrt: 'featurs' })).rejects.toMatchObject({
      code: 'unknown-value',
      message: expect.stringContaining('nearest: features'),
    });
    await expect(openGradient(runtime, smallNetwork(), { of: 'scores', wrt: 'flat', class: 9 })).rejects.toMatchObject({
      code: 'unknown-class',
    });
    await expect(openGradient(runtime, smallNetwork(), { of: 'features', wrt: 'flat' })).rejects.toMatchObject({ code: 'no-gradient' });
  });
});
