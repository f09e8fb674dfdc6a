import { type Explainer, findTarget, type Method, methods, openExplainer, type Runtime, type Tensor } from '@gradcam/core';
import { beforeAll, expect, it } from 'vitest';
import { closeness, type ExpectClose } from './support/close.js';
import { describeFixtures, type Fixture, fixtureNames, loadFixture, relativeL2 } from './support/fixtures.js';
import { oneThread } from './support/runtime.js';

/**
 * Every method of one pass against pytorch-grad-cam on all fixtures: relative L2 1e-3 at optimisation level `basic`; beyond it only what flipped
 * gates explain (see `support/sensitivity.ts`). Methods that run the network many times: `methods-runs.test.ts`.
 */
const TOLERANCE = 1e-3;

/** Terms of float32 that cancel leave this share of their size. */
const ROUNDING = 1e-6;

/** Eigenvectors have no sign there: they are compared up to it. */
const signless: ReadonlySet<string> = new Set(['eigencam', 'eigengradcam']);

/** They divide by sums of activations, which signed ones make almost 0. */
const dividing: ReadonlySet<string> = new Set(['gradcamplusplus', 'xgradcam']);

/** The methods as the golden values have them: Shapley-CAM of the class logit. */
const onePass = methods
  .filter(({ kind }) => kind !== 'runs')
  .map((method) => (method.name === 'shapleycam' ? { ...method, target: findTarget('logit') } : method));

/** Σₖ |Aₖ|, with which EigenCAM correlates. */
const size: Method = {
  kind: 'graph',
  name: 'size',
  title: 'Size',
  aliases: [],
  summary: 'how large the activations are',
  source: '',
  of: 'layer',
  cost: '',
  gradient: false,
  map: ({ b, activations }) => b.sum(b.abs(activations), [1], false),
};

describeFixtures(fixtureNames(), '%s', (name) => {
  let fixture: Fixture;
  let runtime: Runtime;
  let expectClose: ExpectClose;

  beforeAll(async () => {
    fixture = await loadFixture(name);
    runtime = await oneThread();
    expectClose = closeness(runtime, fixture);
  });

  it("gives pytorch-grad-cam's maps, eigenvectors with the chosen sign", async () => {
    let compared = 0;
    for (const { module, value } of fixture.layers) {
      const golden = (method: string, index: number) => fixture.golden.get(`${module}/${method}/${index}/raw`);
      const open = (chosen: readonly Method[]) =>
        openExplainer(runtime, fixture.model, { layers: [value], methods: chosen, session: { optimization: 'basic' } });
      const held = onePass.filter((method) => golden(method.name, fixture.classes[0] ?? 0) !== undefined);
      const together = await open([...held, size]);
      for (const index of fixture.classes) {
        const maps = await mapsOf(together, fixture.input, index);
        const terms = norm(golden('elementwise', index) ?? []);
        for (const method of held) {
          const expected = golden(method.name, index) ?? [];
          let alone: Explainer | undefined;
          const compute = async (input: Tensor) => {
            if (input === fixture.input) return maps.get(method.name) ?? [];
            alone ??= await open([method]);
            return (await mapsOf(alone, input, index)).get(method.name) ?? [];
          };
          const distance = (actual: ArrayLike<number>, wanted: ArrayLike<number>) => {
            if (signless.has(method.name)) return upToSign(actual, wanted);
            const apart = relativeL2(actual, wanted);
            // Before a layer normalisation Σₖ Gₖ ⊙ Aₖ is 0: what is left of it is rounding.
            return method.name === 'hirescam' ? Math.min(apart, ((apart * norm(wanted)) / terms / ROUNDING) * TOLERANCE) : apart;
          };
          await expectClose(`${module}/${method.name}/${index}/raw`, expected, TOLERANCE, compute, {
            distance,
            divides: dividing.has(method.name),
          });
          await alone?.close();
          compared++;
        }
        expect(correlation(maps.get('eigencam') ?? [], maps.get('size') ?? []), `sign of ${module}/eigencam/${index}`).toBeGreaterThan(0);
        const sum = golden('hirescam', index) ?? [];
        if (norm(sum) > 1e3 * ROUNDING * terms)
          expect(correlation(maps.get('eigengradcam') ?? [], sum), `sign of ${module}/eigengradcam/${index}`).toBeGreaterThan(0);
      }
      await together.close();
    }
    expect(compared).toBeGreaterThan(30);
  });

  it("gives pytorch-grad-cam's FullGrad", async () => {
    const [key] = [...fixture.golden.keys()].filter((name) => name.includes('/fullgrad/'));
    // Missing where the reference itself fails.
    if (key === undefined) return;
    const index = Number(key.split('/').at(-2));
    const explainer = await openExplainer(runtime, fixture.model, {
      methods: ['fullgrad'],
      compat: 'pytorch-grad-cam',
      session: { optimization: 'basic' },
    });
    await expectClose(key, fixture.golden.get(key) ?? [], TOLERANCE, async (input) => {
      const { explanations } = await explainer.explainOne(input, [index]);
      return explanations[0]?.heatmap.data ?? [];
    });
    await explainer.close();
  });
});

/** The map of each method. */
async function mapsOf(explainer: Explainer, input: Tensor, index: number): Promise<ReadonlyMap<string, Float32Array>> {
  const { explanations } = await explainer.explainOne(input, [index]);
  return new Map(explanations.map(({ method, maps }) => [method, maps[0]?.data ?? new Float32Array()]));
}

function upToSign(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const negated = Array.from(actual, (value) => -value);
  return Math.min(relativeL2(actual, expected), relativeL2(negated, expected));
}

function norm(values: ArrayLike<number>): number {
  return Math.hypot(...Array.from(values));
}

function correlation(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const centred = (values: ArrayLike<number>) => {
    const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    return Array.from(values, (value) => value - mean);
  };
  const [x, y] = [centred(one), centred(other)];
  return x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0) / (norm(x) * norm(y));
}
