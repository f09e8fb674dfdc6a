import { preprocess } from '@gradcam/core';
import { openNetwork } from '@gradcam/jobs';
import { readImage } from '@gradcam/node';
import { expect, it } from 'vitest';
import { airplaneAndTruck, everyday } from '../testing/everyday.js';
import { explainAll } from './explain.js';

it('pictures of one run are answered as each alone is', async () => {
  const { job } = everyday();
  const explainer = await openNetwork(job);
  const image = await readImage(await airplaneAndTruck());
  const { tensor } = preprocess(image, job.preprocess);
  const negative = preprocess({ ...image, data: image.data.map((level) => 255 - level) }, job.preprocess).tensor;
  const ask = { classes: [], top: 1, method: 'gradcam' };
  const never = { aborted: false };
  const together = await explainAll(explainer, [tensor, negative], ask, never);
  for (const [index, one] of [tensor, negative].entries()) {
    const [alone] = await explainAll(explainer, [one], ask, never);
    const shared = together[index];
    expect(shared?.reasons[0]?.class).toBe(alone?.reasons[0]?.class);
    // Kernels for several pictures add in another order: float32.
    for (const [at, value] of (alone?.reasons[0]?.heatmap.data ?? []).entries())
      expect(shared?.reasons[0]?.heatmap.data[at]).toBeCloseTo(value, 4);
    for (const [at, value] of (alone?.probabilities ?? []).entries()) expect(shared?.probabilities[at]).toBeCloseTo(value, 5);
  }
  const [most] = await explainAll(explainer, [tensor], { ...ask, top: 2 }, never);
  expect(most?.reasons.map(({ class: index }) => index)).toEqual([9, 0]);
  const [predicted] = await explainAll(explainer, [tensor], { ...ask, top: 0 }, never);
  expect([predicted?.reasons, predicted?.probabilities]).toEqual([[], most?.probabilities]);
  await explainer.close();
});
