import { nodeRuntime } from '@gradcam/node';
import { readModel } from 'onnx-grad';
import { describe, expect, it } from 'vitest';
import { openExplainer } from '../explain/open.js';
import type { Tensor } from '../runtime/runtime.js';
import { network, type SmallNetwork, smallNetwork } from '../testing/networks.js';
import { imageInput } from './input.js';

const inputOf = (bytes: Uint8Array) => imageInput(readModel(bytes));
const open: SmallNetwork = { batch: 'batch', channels: 'num_channels', side: 'side' };

describe('the input of the picture', () => {
  it('has its channels first or last', () => {
    const told = { name: 'picture', type: 'float32', batch: 'batch', channels: 3, height: 4, width: 4 };
    expect(inputOf(smallNetwork())).toEqual({ ...told, layout: 'NCHW' });
    expect(inputOf(smallNetwork({ layout: 'NHWC' }))).toEqual({ ...told, layout: 'NHWC' });
  });

  it.each(['NCHW', 'NHWC'] as const)('of open sizes, %s, has the channels that the first convolution reads', (layout) => {
    const sides = { height: 'side', width: 'side' };
    expect(inputOf(smallNetwork({ ...open, layout }))).toEqual({
      name: 'picture',
      type: 'float32',
      layout,
      batch: 'batch',
      channels: 3,
      ...sides,
    });
  });

  it('of an open number of channels that no convolution reads is refused in words', () => {
    const bytes = network([{ opType: 'Relu', inputs: ['picture'], outputs: ['scores'] }], ['scores'], {}, 8, 17, 'num_channels');
    expect(() => inputOf(bytes)).toThrow(
      "expected an input shaped [batch, 3, height, width] or [batch, height, width, 3], but the model's inputs are: 'picture' [batch, num_channels, 8, 8]",
    );
  });
});

it.each(['NCHW', 'NHWC'] as const)('a model of open sizes, %s, is explained as one of fixed sizes', async (layout) => {
  const runtime = await nodeRuntime();
  const data = Float32Array.from({ length: 48 }, (_, index) => Math.sin(index * 0.7));
  const picture: Tensor = { type: 'float32', dims: layout === 'NCHW' ? [1, 3, 4, 4] : [1, 4, 4, 3], data };
  const explain = async (sizes: SmallNetwork) => {
    const explainer = await openExplainer(runtime, smallNetwork({ ...sizes, layout }));
    const { explanations } = await explainer.explainOne(picture, [1]);
    await explainer.close();
    return explanations[0]?.heatmap.data;
  };
  const heatmap = await explain(open);
  expect(Math.max(...(heatmap ?? []))).toBe(1);
  const same = await explain({});
  // Where sizes are fixed, the mean over positions divides the map instead of each weight: one rounding of float32 apart.
  expect(heatmap).toHaveLength(same?.length ?? 0);
  for (const [index, value] of heatmap?.entries() ?? []) expect(Math.abs(value - (same?.[index] ?? Number.NaN))).toBeLessThan(1e-6);
});
