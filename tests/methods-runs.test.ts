import { openExplainer, type Runtime } from '@gradcam/core';
import { beforeAll, expect, it } from 'vitest';
import { describeFixtures, type Fixture, fixtureNames, loadFixture, relativeL2 } from './support/fixtures.js';
import { oneThread } from './support/runtime.js';

/**
 * Methods that run the network many times against pytorch-grad-cam on fixtures: the signed map of every layer and class for which the fixture
 * has one. Tolerance: relative L2 1e-3 at optimisation level `basic`.
 */
const TOLERANCE = 1e-3;
const METHODS = ['ablationcam', 'scorecam'];
const FIXTURES = ['resnet18', 'resnet18.dynamo', 'shufflenet_v2_x0_5', 'squeezenet1_1'];

describeFixtures(
  fixtureNames().filter((name) => FIXTURES.includes(name)),
  '%s',
  (name) => {
    let fixture: Fixture;
    let runtime: Runtime;

    beforeAll(async () => {
      fixture = await loadFixture(name);
      runtime = await oneThread();
    });

    it.each(METHODS)('%s gives the maps of pytorch-grad-cam', async (method) => {
      let compared = 0;
      for (const { module, value } of fixture.layers) {
        const explainer = await openExplainer(runtime, fixture.model, {
          methods: [method],
          layers: [value],
          session: { optimization: 'basic' },
        });
        for (const index of fixture.classes) {
          const expected = fixture.golden.get(`${module}/${method}/${index}/raw`);
          if (expected === undefined) continue;
          const { explanations } = await explainer.explainOne(fixture.input, [index]);
          expect(relativeL2(explanations[0]?.maps[0]?.data ?? [], expected), `${module}/${method}/${index}`).toBeLessThan(TOLERANCE);
          compared++;
        }
        await explainer.close();
      }
      expect(compared).toBeGreaterThan(0);
    });
  },
);
