import {
  contributionShares,
  openChannels,
  openExplainer,
  parsePreprocess,
  preprocess,
  rankChannels,
  sumOfContributions,
} from '@gradcam/core';
import { readImage, readModelFile } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { closeness } from './support/close.js';
import { describeFixtures, fixtureNames, loadFixture, relativeL2 } from './support/fixtures.js';
import { oneThread } from './support/runtime.js';

/** Relative L2 to PyTorch 2.13 at optimisation level `basic`. */
const TOLERANCE = 1e-4;

/** A layer's golden value, one picture in its own layout, as [channels, height · width]. */
function channelsFirst(data: Float32Array, layout: string, shape: readonly number[]): Float32Array {
  if (layout === 'nchw') return data;
  const channels = shape.at(-1) ?? 0;
  const picture = layout === 'cls+tokens' ? data.subarray(channels) : data;
  const positions = picture.length / channels;
  return picture.map((_, index) => picture[(index % positions) * channels + Math.floor(index / positions)] ?? 0);
}

describeFixtures(fixtureNames(), 'the channels of %s', (name) => {
  it("are PyTorch's activations and gradients, and their weighted sum is its Grad-CAM", async () => {
    const fixture = await loadFixture(name);
    const runtime = await oneThread();
    const expectClose = closeness(runtime, fixture);
    let compared = 0;
    for (const { module, value, layout, shape } of fixture.layers) {
      const explainer = await openChannels(runtime, fixture.model, { layer: value, session: { optimization: 'basic' } });
      for (const index of fixture.classes) {
        const golden = (key: string) => fixture.golden.get(`${module}/${key}`);
        const [activation, gradient, map] = [golden('activation'), golden(`gradient/${index}`), golden(`gradcam/${index}/raw`)];
        if (activation === undefined || gradient === undefined || map === undefined) continue;
        const { activations, gradients } = await explainer.explain(fixture.input, index);
        const positions = activations.width * activations.height;
        expect([activations.channels, activations.data.length, gradients.data.length]).toEqual([
          layout === 'nchw' ? shape[1] : shape.at(-1),
          activations.channels * positions,
          activations.channels * positions,
        ]);
        const compare = (
          what: string,
          expected: Float32Array,
          part: (parts: Awaited<ReturnType<typeof explainer.explain>>) => ArrayLike<number>,
        ) => expectClose(`${module} ${what} ${index}`, expected, TOLERANCE, async (input) => part(await explainer.explain(input, index)));
        const expected = channelsFirst(gradient, layout, shape);
        await compare('activation', channelsFirst(activation, layout, shape), (parts) => parts.activations.data);
        await compare('gradient', expected, (parts) => parts.gradients.data);
        const means = Float32Array.from({ length: activations.channels }, (_, channel) => {
          return expected.subarray(channel * positions, (channel + 1) * positions).reduce((sum, one) => sum + one, 0) / positions;
        });
        await compare('weights', means, (parts) => parts.weights);
        await compare('map', map, (parts) => parts.map.data);
        await compare('sum', map, (parts) => sumOfContributions(parts, rankChannels(parts.weights)).data);
        compared++;
      }
      await explainer.close();
    }
    expect(compared).toBeGreaterThan(0);
  });
});

describe('the channels of the bundled model', () => {
  it("sum to Grad-CAM's map, for each class", async () => {
    const file = (path: string) => new URL(`../models/everyday/${path}`, import.meta.url).pathname;
    const { bytes } = await readModelFile(file('everyday-int8.onnx'));
    const runtime = await oneThread();
    const [explainer, channels] = [await openExplainer(runtime, bytes), await openChannels(runtime, bytes)];
    const spec = parsePreprocess(JSON.parse(channels.model.graph.metadata.get('preprocess') ?? ''), 'its metadata');
    const { tensor } = preprocess(await readImage(file('examples/airplane-and-truck.svg')), spec);
    for (let index = 0; index < channels.classes; index++) {
      const parts = await channels.explain(tensor, index);
      const [explanation] = (await explainer.explainOne(tensor, [index])).explanations;
      expect(parts.layer).toBe(explanation?.layers[0]);
      expect(parts.score).toBeCloseTo(explanation?.score ?? Number.NaN, 5);
      const map = explanation?.maps[0]?.data ?? [];
      // Float32 rounding of sums over the channels, in another order.
      expect(relativeL2(parts.map.data, map)).toBeLessThan(1e-6);
      expect(relativeL2(sumOfContributions(parts, rankChannels(contributionShares(parts))).data, map)).toBeLessThan(1e-5);
      expect(contributionShares(parts).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    }
    await explainer.close();
    await channels.close();
  });
});
