import { exportExplained, openExplainer, openGradient, type Runtime } from '@gradcam/core';
import { beforeAll, expect, it } from 'vitest';
import { closeness, type ExpectClose } from './support/close.js';
import { describeFixtures, type Fixture, fixtureNames, loadFixture, relativeL2 } from './support/fixtures.js';
import { oneThread } from './support/runtime.js';

/**
 * The public API against PyTorch 2.13 autograd and pytorch-grad-cam on all fixtures. Tolerances: relative L2 1e-4 at
 * optimisation level `basic`, 1e-2 at `all` (NCHWc layouts round differently), 1e-3 for the final heatmap; beyond these only what
 * flipped gates explain (see `sensitivity.ts`).
 */
const TOLERANCE = { basic: 1e-4, all: 1e-2 } as const;
const FINAL_TOLERANCE = 1e-3;

/** Attention that puts queries, keys and values before the batch: its rows cannot be proved to stay apart, and each class takes a run. */
const BATCH_BEHIND = /^vit_/;

describeFixtures(fixtureNames(), '%s', (name) => {
  let fixture: Fixture;
  let runtime: Runtime;
  let expectClose: ExpectClose;

  beforeAll(async () => {
    fixture = await loadFixture(name);
    runtime = await oneThread();
    expectClose = closeness(runtime, fixture);
  });

  for (const optimization of ['basic', 'all'] as const) {
    it(`gives PyTorch's gradients at level ${optimization}`, async () => {
      let compared = 0;
      const values = [
        { key: 'input-gradient/', value: 'input' },
        ...fixture.layers.map(({ module, value }) => ({ key: `${module}/gradient/`, value })),
      ];
      for (const { key, value } of values) {
        for (const index of fixture.classes) {
          const expected = fixture.golden.get(`${key}${index}`);
          if (expected === undefined) continue;
          const gradient = await openGradient(runtime, fixture.model, {
            of: 'logits',
            wrt: value,
            class: index,
            session: { optimization },
          });
          await expectClose(
            `${key}${index}`,
            expected,
            TOLERANCE[optimization],
            async (input) => (await gradient.run({ input })).data as Float32Array,
          );
          await gradient.close();
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(1);
    });

    it(`gives PyTorch's Grad-CAM at level ${optimization}`, async () => {
      let compared = 0;
      for (const { module, value } of fixture.layers) {
        const explainer = await openExplainer(runtime, fixture.model, { layers: [value], session: { optimization } });
        for (const index of fixture.classes) {
          const expected = fixture.golden.get(`${module}/gradcam/${index}/raw`);
          if (expected === undefined) continue;
          await expectClose(`${module}/gradcam/${index}/raw`, expected, TOLERANCE[optimization], async (input) => {
            const [result] = await explainer.explain(input, [index]);
            return result?.explanations[0]?.maps[0]?.data ?? [];
          });
          compared++;
        }
        await explainer.close();
      }
      expect(compared).toBeGreaterThan(1);
    });
  }

  it("gives pytorch-grad-cam's final heatmap with compat", async () => {
    let compared = 0;
    for (const { module, value } of fixture.layers) {
      const explainer = await openExplainer(runtime, fixture.model, {
        layers: [value],
        compat: 'pytorch-grad-cam',
        session: { optimization: 'basic' },
      });
      for (const index of fixture.classes) {
        const expected = fixture.golden.get(`${module}/gradcam/${index}/final`);
        if (expected === undefined) continue;
        await expectClose(`${module}/gradcam/${index}/final`, expected, FINAL_TOLERANCE, async (input) => {
          const [result] = await explainer.explain(input, [index]);
          return result?.explanations[0]?.heatmap.data ?? [];
        });
        compared++;
      }
      await explainer.close();
    }
    expect(compared).toBeGreaterThan(0);
  });

  it('explains three classes together as one by one', async () => {
    const [first = 0, second = 1] = fixture.classes;
    const classes = [first, second, 7];
    const explainer = await openExplainer(runtime, fixture.model);
    expect(explainer.explained.sharesRows).toBe(!BATCH_BEHIND.test(name));
    const [together] = await explainer.explain(fixture.input, classes);
    for (const [row, index] of classes.entries()) {
      const [alone] = await explainer.explain(fixture.input, [index]);
      expect(together?.explanations[row]?.class.index).toBe(index);
      expect(relativeL2(together?.explanations[row]?.maps[0]?.data ?? [], alone?.explanations[0]?.maps[0]?.data ?? [0])).toBeLessThan(1e-5);
      expect(relativeL2(together?.explanations[row]?.heatmap.data ?? [], alone?.explanations[0]?.heatmap.data ?? [0])).toBeLessThan(1e-5);
    }
    await explainer.close();
  });

  it('explains a batch of four images as in four runs', async () => {
    const length = fixture.input.data.length;
    const data = new Float32Array(4 * length);
    const single = Array.from({ length: 4 }, (_, image) => {
      // Four different images: the golden input, shifted by whole rows and dimmed.
      const pixels = Float32Array.from(
        { length },
        (_, index) => Number(fixture.input.data[(index + image * 224 * 31) % length]) * (1 - 0.2 * image),
      );
      data.set(pixels, image * length);
      return { ...fixture.input, data: pixels };
    });
    const explainer = await openExplainer(runtime, fixture.model);
    const batch = await explainer.explain({ ...fixture.input, dims: [4, ...fixture.input.dims.slice(1)], data });
    expect(batch).toHaveLength(4);
    for (const [image, input] of single.entries()) {
      const [alone] = await explainer.explain(input);
      expect(batch[image]?.predictions[0]?.index).toBe(alone?.predictions[0]?.index);
      // A batch is computed in other blocks than a single image: rounding differs, and with it now and then a gate.
      expect(relativeL2(batch[image]?.explanations[0]?.heatmap.data ?? [], alone?.explanations[0]?.heatmap.data ?? [0])).toBeLessThan(1e-3);
    }
    await explainer.close();
  });

  it("leaves the model's own outputs as they are, bit for bit", async () => {
    const { bytes } = await exportExplained(runtime, fixture.model);
    const answers = [];
    for (const model of [fixture.model, bytes]) {
      const session = await runtime.open(model, { optimization: 'basic' });
      answers.push((await session.run({ input: fixture.input }, ['logits']))['logits']);
      await session.close();
    }
    expect(answers[1]?.data).toEqual(answers[0]?.data);
  });
});
