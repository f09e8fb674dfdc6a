import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import type { Explainer } from '../explain/explainer.js';
import { type ExplainerOptions, openExplainer } from '../explain/open.js';
import type { GraphMethod } from '../methods/method.js';
import { saliency } from '../methods/saliency.js';
import type { Tensor } from '../runtime/runtime.js';
import { HEAD, smallNetwork } from '../testing/networks.js';
import { detector, embedding, type Form, segmenter } from '../testing/outputs.js';
import { boxScore } from './box.js';
import { findTarget } from './index.js';
import { maskSum } from './mask.js';
import { against } from './probability.js';
import { similarity } from './similarity.js';
import type { Target } from './target.js';

const runtime = await nodeRuntime();

/** dy/dx of each pixel, its channels changed together. */
const slope: GraphMethod = { ...saliency, name: 'slope', map: ({ b, gradients }) => b.sum(gradients, [1], false) };

function picture(side: number, change = (_pixel: number) => 0): Tensor {
  const size = side * side;
  const data = Float32Array.from({ length: 3 * size }, (_, index) => Math.sin(0.7 * index) + change(index % size));
  return { type: 'float32', dims: [1, 3, side, side], data };
}

/** Half the distance of a central difference. A box's score near 1 has slopes of 1e-4, and float32 rounds it to 1e-7: smaller steps show the rounding. */
const STEP = 0.1;
/** Relative L2: the third derivative leaves some 1e-3. */
const TOLERANCE = 5e-3;

/** The relative L2 distance of the map of `slope` from central differences of the score, over the pixels with the largest, and some others. */
async function difference(bytes: Uint8Array, side: number, options: ExplainerOptions, index: number): Promise<number> {
  const explainer = await openExplainer(runtime, bytes, { ...options, methods: [slope] });
  const scoreAt = async (pixel: number, step: number) =>
    (
      await explainer.explainOne(
        picture(side, (at) => (at === pixel ? step : 0)),
        [index],
      )
    ).explanations[0]?.score ?? Number.NaN;
  const map = (await explainer.explainOne(picture(side), [index])).explanations[0]?.maps[0]?.data ?? new Float32Array(0);
  const largest = Array.from(map.keys()).sort((one, other) => Math.abs(map[other] ?? 0) - Math.abs(map[one] ?? 0));
  const pixels = largest.filter((_, rank) => rank < 10 || rank % Math.round(map.length / 6) === 0);
  let [error, norm] = [0, 0];
  for (const pixel of pixels) {
    const expected = ((await scoreAt(pixel, STEP)) - (await scoreAt(pixel, -STEP))) / (2 * STEP);
    error += ((map[pixel] ?? Number.NaN) - expected) ** 2;
    norm += expected ** 2;
  }
  await explainer.close();
  expect(norm).toBeGreaterThan(0);
  return Math.sqrt(error / norm);
}

async function opened<T>(bytes: Uint8Array, options: ExplainerOptions, use: (explainer: Explainer) => Promise<T>): Promise<T> {
  const explainer = await openExplainer(runtime, bytes, options);
  try {
    return await use(explainer);
  } finally {
    await explainer.close();
  }
}

describe('class scores', () => {
  /** A picture of which smallNetwork gives channel means (a, b), so that its logits are HEAD · (a, b). */
  const [a, b] = [0.75, 0.5];
  const means = (): Tensor => {
    const data = new Float32Array(48);
    data.fill(a, 0, 16).fill(b, 16, 32);
    return { type: 'float32', dims: [1, 3, 4, 4], data };
  };
  const z = HEAD.map(([first, second]) => first * a + second * b);
  const powers = z.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  const softmax = powers.map((power) => power / sum);
  const sigmoid = z.map((logit) => 1 / (1 + Math.exp(-logit)));

  // Worked out from the definitions, in float64. dy/dA_k = Σ_c dy/dz_c · HEAD[c][k] / positions, and A is constant: L = Σ_k dy/dA_k · A_k.
  const cases: readonly (readonly [string, string | Target, 'logits' | 'Sigmoid', number, (c: number) => number])[] = [
    ['logit', 'logit', 'logits', z[0] ?? 0, (c) => (c === 0 ? 1 : 0)],
    ['probability', 'probability', 'logits', softmax[0] ?? 0, (c) => (softmax[0] ?? 0) * ((c === 0 ? 1 : 0) - (softmax[c] ?? 0))],
    ['log-probability', 'log-probability', 'logits', Math.log(softmax[0] ?? 0), (c) => (c === 0 ? 1 : 0) - (softmax[c] ?? 0)],
    ['probability, sigmoid', 'probability', 'Sigmoid', sigmoid[0] ?? 0, (c) => (c === 0 ? (sigmoid[0] ?? 0) * (1 - (sigmoid[0] ?? 0)) : 0)],
    ['log-probability, sigmoid', 'log-probability', 'Sigmoid', Math.log(sigmoid[0] ?? 0), (c) => (c === 0 ? 1 - (sigmoid[0] ?? 0) : 0)],
    ['against 1', against(1), 'logits', (z[0] ?? 0) - (z[1] ?? 0), (c) => [1, -1, 0][c] ?? 0],
  ];
  it.each(cases)('%s', async (_, target, end, score, slopeOf) => {
    const map = HEAD.reduce((total, row, c) => total + slopeOf(c) * (row[0] * a + row[1] * b), 0) / 16;
    for (const [counterfactual, sign] of [
      [false, 1],
      [true, -1],
    ] as const) {
      const explanation = await opened(smallNetwork({ end }), { target, counterfactual }, async (explainer) =>
        (await explainer.explainOne(means(), [0])).explanations.at(0),
      );
      expect(explanation?.score).toBeCloseTo(score, 5);
      expect(explanation?.maps[0]?.data[7]).toBeCloseTo(sign * map, 6);
    }
  });

  it('hold several classes against one in one run', () =>
    opened(smallNetwork(), { target: against(1) }, async (explainer) => {
      expect(explainer.explained.sharesRows).toBe(true);
      const { explanations } = await explainer.explainOne(means(), [2, 0]);
      expect(explanations.map(({ score }) => score.toFixed(5))).toEqual([2, 0].map((c) => ((z[c] ?? 0) - (z[1] ?? 0)).toFixed(5)));
    }));

  it('are explained by any expression', () => {
    // y = z_c², dy/dz_c = 2 z_c
    const squared: Target = {
      name: 'squared',
      summary: 'the square of the class score',
      score: (context) => {
        const own = findTarget('logit').score(context);
        return context.b.mul(own, own);
      },
    };
    return opened(smallNetwork(), { target: squared }, async (explainer) => {
      const explanation = (await explainer.explainOne(means(), [0])).explanations.at(0);
      const own = z[0] ?? 0;
      expect(explanation?.score).toBeCloseTo(own ** 2, 5);
      expect(explanation?.maps[0]?.data[0]).toBeCloseTo((2 * own * own) / 16, 6);
    });
  });

  it('of any target are asked of the layers behind alone, too', () =>
    // y = z₀ − z₁ = 3a − 4b = 0.25, −2 without the first channel and 2.25 without the second: w = 9, −8, and L = 9a − 8b.
    opened(smallNetwork(), { target: against(1), methods: ['ablationcam'] }, async (explainer) => {
      const { maps, score } = (await explainer.explainOne(means(), [0])).explanations[0] ?? {};
      expect(score).toBeCloseTo(0.25, 5);
      expect(maps?.[0]?.data[3]).toBeCloseTo(2.75, 4);
    }));

  it.each(['rise', 'saliency', 'eigencam'])('have no counterfactual map by %s, which has no sign to turn', async (method) => {
    await expect(openExplainer(runtime, smallNetwork(), { methods: [method], counterfactual: true })).rejects.toMatchObject({
      code: 'unknown-method',
      message: expect.stringContaining(`method '${method}' cannot show what speaks against a class`),
    });
  });

  it.each(['integratedgradients', 'gradientxinput', 'layercam'])(
    'have a counterfactual map by %s: that of the negated score',
    async (method) => {
      const negated: Target = {
        name: 'negated',
        summary: 'minus the class score',
        score: (context) => context.b.neg(findTarget('logit').score(context)),
      };
      const mapOf = (options: ExplainerOptions) =>
        opened(smallNetwork(), { ...options, methods: [method] }, async (explainer) =>
          Array.from((await explainer.explainOne(means(), [1])).explanations[0]?.maps[0]?.data ?? []),
        );
      const counterfactual = await mapOf({ counterfactual: true });
      expect(counterfactual.some((value) => value !== 0)).toBe(true);
      for (const [at, value] of (await mapOf({ target: negated })).entries()) expect(counterfactual[at]).toBeCloseTo(value, 6);
    },
  );

  it('have no mask and no box: an error names what fits', async () => {
    await expect(openExplainer(runtime, smallNetwork(), { target: 'mask' })).rejects.toMatchObject({
      code: 'unknown-target',
      message:
        "output 'scores' holds class scores, which target 'mask' cannot be computed of; what fits is: logit, probability, log-probability",
    });
  });
});

describe('pixels', () => {
  const half = { width: 2, height: 1, data: Float32Array.of(1, 0) };
  it.each([
    ['NCHW', { layout: 'NCHW' }],
    ['NHWC', { layout: 'NHWC' }],
    ['behind a Softmax', { layout: 'NHWC', end: 'Softmax' }],
    ['behind an ArgMax', { end: 'ArgMax' }],
    ['of a single class', { classes: 1 }],
  ] as const)('%s: the gradient is that of the score', async (_, form) => {
    expect(await difference(segmenter(form), 8, { target: maskSum(half) }, 0)).toBeLessThan(TOLERANCE);
  });

  it('of a class are those where its score is the highest, and of the most frequent class by default', () =>
    opened(segmenter(), {}, async (explainer) => {
      const { session, map } = await outputOf(segmenter(), 8);
      const positions = 16 * 16;
      const best = Array.from({ length: positions }, (_, at) => {
        const scores = [0, 1, 2].map((c) => map[c * positions + at] ?? 0);
        return scores.indexOf(Math.max(...scores));
      });
      const shares = [0, 1, 2].map((c) => best.filter((one) => one === c).length / positions);
      const { explanations, predictions } = await explainer.explainOne(picture(8));
      const frequent = shares.indexOf(Math.max(...shares));
      expect(explanations[0]?.class.index).toBe(frequent);
      for (const { index, probability } of predictions) expect(probability).toBeCloseTo(shares[index] ?? Number.NaN, 6);
      const expected = best.reduce((sum, c, at) => sum + (c === frequent ? (map[frequent * positions + at] ?? 0) : 0), 0);
      expect(explanations[0]?.score).toBeCloseTo(expected, 3);
      expect(explainer.layers).toEqual(['features']);
      await session.close();
      // Which pixels count is no matter of degree: the map is that of a fixed mask.
      const own = maskSum({ width: 16, height: 16, data: Float32Array.from(best, (c) => (c === frequent ? 1 : 0)) });
      await opened(segmenter(), { target: own }, async (masked) => {
        const expectedMap = (await masked.explainOne(picture(8), [frequent])).explanations[0]?.maps[0]?.data ?? [];
        for (const [at, value] of explanations[0]?.maps[0]?.data.entries() ?? [])
          expect(value).toBeCloseTo(expectedMap[at] ?? Number.NaN, 4);
      });
    }));

  it('of a single class are those with more than even odds', async () => {
    const { session, map } = await outputOf(segmenter({ classes: 1 }), 8);
    await session.close();
    const odds = Array.from(map).filter((logit) => logit > 0);
    expect(odds.length).toBeGreaterThan(0);
    await opened(segmenter({ classes: 1 }), {}, async (explainer) => {
      const { explanations } = await explainer.explainOne(picture(8));
      expect(explanations[0]?.score).toBeCloseTo(
        odds.reduce((sum, logit) => sum + logit, 0),
        3,
      );
      expect(explanations[0]?.class.probability).toBeCloseTo(odds.length / map.length, 6);
    });
  });

  it('of a mask are summed with its numbers, at the size of the output', async () => {
    const { session, map } = await outputOf(segmenter(), 8);
    await session.close();
    // 16 columns of the output: linear between 1 and 0, clamped beyond the centres of the mask's two columns.
    const weights = Array.from({ length: 16 }, (_, x) => Math.min(1, Math.max(0, 1 - ((x + 0.5) / 8 - 0.5))));
    const expected = weights.reduce(
      (sum, weight, x) =>
        sum + weight * Array.from({ length: 16 }, (_, y) => map[256 + 16 * y + x] ?? 0).reduce((total, value) => total + value, 0),
      0,
    );
    await opened(segmenter(), { target: maskSum(half) }, async (explainer) => {
      expect((await explainer.explainOne(picture(8), [1])).explanations[0]?.score).toBeCloseTo(expected, 3);
    });
    expect(() => maskSum({ ...half, data: new Float32Array(2) })).toThrow('the mask is empty');
    expect(() => maskSum({ ...half, data: Float32Array.of(1, Number.NaN) })).toThrow('finite numbers');
  });

  it('of several classes share a run, and have the maps that they have alone', () =>
    opened(segmenter({ layout: 'NHWC' }), {}, async (explainer) => {
      expect(explainer.explained.sharesRows).toBe(true);
      const together = (await explainer.explainOne(picture(8), [0, 2])).explanations;
      for (const { class: one, maps } of together) {
        const alone = (await explainer.explainOne(picture(8), [one.index])).explanations[0]?.maps[0]?.data ?? [];
        for (const [at, value] of maps[0]?.data.entries() ?? []) expect(value).toBeCloseTo(alone[at] ?? Number.NaN, 4);
      }
    }));
});

describe('boxes', () => {
  const forms: readonly Form[] = ['YOLOX', 'YOLOX decoded', 'YOLOv8', 'NanoDet'];
  it.each(forms)('%s: the gradient is that of the score', async (form) => {
    expect(await difference(detector(form), 64, { target: boxScore(65) }, 2)).toBeLessThan(TOLERANCE);
  });

  it.each(forms)('%s: the score is objectness × class where there is both', async (form) => {
    const { session, map, dims } = await outputOf(detector(form), 64);
    await session.close();
    const rows = form === 'YOLOv8' ? 1 : 0;
    const [boxes = 0, numbers = 0] = rows === 1 ? [dims[2], dims[1]] : [dims[1], dims[2]];
    expect(boxes).toBe(64 + 16 + 4);
    const at = (box: number, index: number) => (rows === 1 ? map[index * boxes + box] : map[box * numbers + index]) ?? Number.NaN;
    const first = { YOLOX: 5, 'YOLOX decoded': 5, YOLOv8: 4, NanoDet: 0 }[form];
    const scoreOf = (box: number, c: number) => at(box, first + c) * (first === 5 ? at(box, 4) : 1);
    await opened(detector(form), {}, async (explainer) => {
      const { predictions, explanations } = await explainer.explainOne(picture(64));
      const top = explanations[0]?.class.index ?? 0;
      const best = [0, 1, 2].map((c) => Math.max(...Array.from({ length: boxes }, (_, box) => scoreOf(box, c))));
      for (const { index, probability } of predictions) expect(probability).toBeCloseTo(best[index] ?? Number.NaN, 6);
      expect(explanations[0]?.score).toBeCloseTo(Math.max(...best), 6);
      expect(top).toBe(best.indexOf(Math.max(...best)));
      const named = Array.from({ length: boxes }, (_, box) => scoreOf(box, top)).indexOf(Math.max(...best));
      await opened(detector(form), { target: boxScore(named) }, async (other) => {
        const { maps = [] } = (await other.explainOne(picture(64), [top])).explanations[0] ?? {};
        expect(maps.some(({ data }) => data.some((value) => value !== 0))).toBe(true);
        for (const [layer, { data }] of maps.entries())
          for (const [at, value] of data.entries()) expect(explanations[0]?.maps[layer]?.data[at]).toBeCloseTo(value, 6);
      });
    });
    await opened(detector(form), { target: boxScore(20) }, async (explainer) => {
      const { explanations } = await explainer.explainOne(picture(64), [0, 1]);
      expect(explanations.map(({ score }) => score.toFixed(5))).toEqual([0, 1].map((c) => scoreOf(20, c).toFixed(5)));
    });
  });

  it('are explained at the last layer of each scale, of which one holds the map', () =>
    opened(detector('YOLOX'), { target: boxScore(65) }, async (explainer) => {
      expect(explainer.layers).toEqual(['stem0', 'stem1', 'stem2']);
      const maps = (await explainer.explainOne(picture(64), [0])).explanations[0]?.maps ?? [];
      expect(maps.map(({ width }) => width)).toEqual([8, 4, 2]);
      // Box 65 is the second of the middle scale.
      expect(maps.map(({ data }) => data.some((value) => value !== 0))).toEqual([false, true, false]);
    }));

  it('that do not exist are named', async () => {
    await expect(openExplainer(runtime, detector('NanoDet'), { target: boxScore(84) })).rejects.toMatchObject({
      code: 'unknown-target',
      message: "expected a box from 0 to 83 of output 'boxes', but got 84",
    });
    await expect(openExplainer(runtime, detector('NanoDet'), { target: 'logit' })).rejects.toMatchObject({ code: 'unknown-target' });
  });
});

describe('embeddings', () => {
  const references = [
    [1, 2, 0, -1, 0.5],
    [-1, 0, 3, 1, 1],
  ];
  it.each([true, false])('are explained by their cosine similarity to references (normalised: %s)', async (normalised) => {
    const { session, map } = await outputOf(embedding(normalised), 8);
    await session.close();
    const cosine = (r: readonly number[]) => {
      const [dot, e, n] = r.reduce(
        ([d, x, y], value, at) => [d + value * (map[at] ?? 0), x + (map[at] ?? 0) ** 2, y + value ** 2],
        [0, 0, 0],
      );
      return dot / Math.sqrt(e * n);
    };
    const target = similarity(references);
    await opened(embedding(normalised), { target }, async (explainer) => {
      expect(explainer.classes).toBe(2);
      const { explanations, predictions } = await explainer.explainOne(picture(8), [0, 1]);
      explanations.forEach(({ score, class: { probability } }, index) => {
        expect(score).toBeCloseTo(cosine(references[index] ?? []), 5);
        expect(probability).toBeCloseTo(score, 5);
      });
      expect(predictions[0]?.probability).toBeCloseTo(Math.max(...references.map(cosine)), 5);
    });
    expect(await difference(embedding(normalised), 8, { target }, 1)).toBeLessThan(TOLERANCE);
  });

  it('need a reference that fits', async () => {
    await expect(openExplainer(runtime, embedding(true))).rejects.toMatchObject({
      code: 'unknown-target',
      message:
        "output 'direction' holds a vector of features, which has no class to explain; give a reference vector, to which the similarity is explained",
    });
    await expect(openExplainer(runtime, embedding(true), { target: similarity([[1, 2]]) })).rejects.toMatchObject({
      message: "expected a reference of 5 numbers, as output 'direction' has, but got 2",
    });
    expect(() => similarity([[0, 0]])).toThrow('not all 0');
  });
});

/** What a model says of the picture, by itself. */
async function outputOf(bytes: Uint8Array, side: number) {
  const session = await runtime.open(bytes);
  const [output] = Object.values(await session.run({ picture: picture(side) }));
  return { session, map: output?.data as Float32Array, dims: output?.dims ?? [] };
}
