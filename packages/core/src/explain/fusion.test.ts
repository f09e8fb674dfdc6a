import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import type { Heatmap } from '../picture/image.js';
import { resizeMap } from '../picture/resize-map.js';
import type { Tensor } from '../runtime/runtime.js';
import { network, resizingNetwork, smallNetwork } from '../testing/networks.js';
import { transformer } from '../testing/transformers.js';
import { exportExplained } from './export.js';
import { openExplainer } from './open.js';

const runtime = await nodeRuntime();
const SIDE = 12;
const picture: Tensor = {
  type: 'float32',
  dims: [1, 3, SIDE, SIDE],
  data: Float32Array.from({ length: 3 * SIDE * SIDE }, (_, index) => Math.sin(index * 0.7)),
};

/** Two resolutions: `early` 6 × 6, a residual block inside of it that ends in `joined`, and `late` 3 × 3. */
const stages = network(
  [
    { opType: 'Conv', inputs: ['picture', 'stem'], outputs: ['conv'], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { opType: 'Relu', inputs: ['conv'], outputs: ['early'] },
    { opType: 'Conv', inputs: ['early', 'square'], outputs: ['branch'], attributes: { kernel_shape: [1, 1] } },
    { opType: 'Add', inputs: ['early', 'branch'], outputs: ['joined'] },
    { opType: 'Conv', inputs: ['joined', 'halve'], outputs: ['half'], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { opType: 'Relu', inputs: ['half'], outputs: ['late'] },
    { opType: 'GlobalAveragePool', inputs: ['late'], outputs: ['pooled'] },
    { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
    { opType: 'Gemm', inputs: ['flat', 'head', 'bias'], outputs: ['scores'], attributes: { transB: 1 } },
  ],
  ['scores'],
  { stem: [4, 3, 2, 2], square: [4, 4, 1, 1], halve: [5, 4, 2, 2], head: [3, 5], bias: [3] },
  SIDE,
);

/** The definition: each map's positive part at the size of the picture, divided by its maximum; position by position as one; divided again. */
function expected(maps: readonly Heatmap[], both: (one: number, other: number) => number): number[] {
  const [one = [], other = []] = maps.map((map) => {
    const { data } = resizeMap({ ...map, data: map.data.map((value) => Math.max(value, 0)) }, SIDE, SIDE);
    return unit([...data]);
  });
  return unit(one.map((value, at) => both(value, other[at] ?? 0)));
}

function unit(values: readonly number[]): number[] {
  const most = Math.max(...values);
  return values.map((value) => (most > 0 ? value / most : 0));
}

function expectNear(actual: ArrayLike<number> | undefined, wanted: readonly number[]): void {
  expect(actual).toHaveLength(wanted.length);
  for (const [at, value] of wanted.entries()) expect(actual?.[at]).toBeCloseTo(value, 5);
}

const fusions = [
  ['mean', (one: number, other: number) => (one + other) / 2],
  ['max', Math.max],
  ['product', (one: number, other: number) => one * other],
] as const;

describe('fusion of layers', () => {
  it.each(fusions)('%s, by the explainer and in an exported model', async (fusion, both) => {
    const options = { layers: ['early', 'late'], fusion, methods: ['layercam'] };
    const explainer = await openExplainer(runtime, stages, options);
    const { bytes } = await exportExplained(runtime, stages, { ...options, classInput: true });
    const session = await runtime.open(bytes);
    for (const index of [0, 1]) {
      const { explanations } = await explainer.explainOne(picture, [index]);
      const { maps = [], heatmap, evidence } = explanations[0] ?? {};
      expect(maps.map(({ width }) => width)).toEqual([6, 3]);
      const wanted = expected(maps, both);
      expect(Math.max(...wanted)).toBe(1);
      expect(evidence).toBe(true);
      expectNear(heatmap?.data, wanted);
      const outputs = await session.run({ picture, class: { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(index)) } });
      expectNear(outputs['heatmap']?.data as Float32Array, wanted);
    }
    await session.close();
    await explainer.close();
  });

  it('with compat scales as pytorch-grad-cam does: (m − min) / (1e-7 + max − min) of each layer before resizing, and of what is fused', async () => {
    const options = { layers: ['early', 'late'], methods: ['layercam'] };
    const scaled = (values: readonly number[]) => {
      const low = Math.min(...values);
      return values.map((value) => (value - low) / (1e-7 + Math.max(...values) - low));
    };
    for (const [fusion, both] of fusions) {
      const explainer = await openExplainer(runtime, stages, { ...options, fusion, compat: 'pytorch-grad-cam' });
      const { explanations } = await explainer.explainOne(picture, [0]);
      const [one = [], other = []] = (explanations[0]?.maps ?? []).map((map) => {
        const data = Float32Array.from(scaled([...map.data].map((value) => Math.max(value, 0))));
        return [...resizeMap({ ...map, data }, SIDE, SIDE).data];
      });
      expectNear(explanations[0]?.heatmap.data, scaled(one.map((value, at) => both(value, other[at] ?? 0))));
      await explainer.close();
    }
  });

  it('says that nothing is left where no position has a part in all layers', async () => {
    const explainer = await openExplainer(runtime, smallNetwork(), { layers: ['conv', 'features'], fusion: 'product' });
    const data = new Float32Array(48).fill(-1);
    const { explanations } = await explainer.explainOne({ type: 'float32', dims: [1, 3, 4, 4], data }, [0]);
    expect(explanations[0]?.evidence).toBe(false);
    await explainer.close();
  });

  it('refuses another name', async () => {
    const options = { layers: ['early', 'late'], fusion: 'median' as 'mean' };
    await expect(openExplainer(runtime, stages, options)).rejects.toMatchObject({
      code: 'invalid-setting',
      message: "expected 'fusion' as mean, max or product, but got 'median'",
    });
  });
});

describe('Refine-CAM', () => {
  it('multiplies Grad-CAM++ of the last layer of each resolution that all ways pass', async () => {
    const explainer = await openExplainer(runtime, stages, { methods: ['refinecam', 'gradcam'], layers: ['auto'] });
    const { explanations } = await explainer.explainOne(picture, [0]);
    expect(explanations.map(({ layers }) => layers)).toEqual([['joined', 'late'], ['late']]);
    const plain = await openExplainer(runtime, stages, { methods: ['gradcamplusplus'], layers: ['joined', 'late'] });
    const { maps = [] } = (await plain.explainOne(picture, [0])).explanations[0] ?? {};
    expectNear(
      explanations[0]?.heatmap.data,
      expected(maps, (one, other) => one * other),
    );
    await plain.close();
    await explainer.close();
  });

  it('takes the layers that are named, and is exported', async () => {
    const options = { methods: ['refinecam'], layers: ['early', 'late'], class: 0 };
    const explainer = await openExplainer(runtime, stages, options);
    const { explanations } = await explainer.explainOne(picture, [0]);
    expect(explanations[0]?.layers).toEqual(['early', 'late']);
    const { bytes } = await exportExplained(runtime, stages, options);
    const session = await runtime.open(bytes);
    expectNear((await session.run({ picture }))['heatmap']?.data as Float32Array, [...(explanations[0]?.heatmap.data ?? [])]);
    await session.close();
    await explainer.close();
  });

  it('needs two layers', async () => {
    const methods = ['refinecam'];
    await expect(openExplainer(runtime, stages, { methods, layers: ['late'] })).rejects.toMatchObject({
      code: 'no-layer',
      message: "Refine-CAM multiplies the maps of at least 2 layers, but got 'late' alone; name several (gradcam layers lists them)",
    });
    for (const model of [resizingNetwork(17), transformer()])
      await expect(openExplainer(runtime, model, { methods })).rejects.toMatchObject({ code: 'no-layer' });
  });
});
