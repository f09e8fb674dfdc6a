import { openExplainer } from '@gradcam/core';
import { expect, it } from 'vitest';
import { describeFixtures, fixtureNames, loadFixture, relativeL2 } from './support/fixtures.js';
import { oneThread } from './support/runtime.js';

/**
 * Guided backpropagation of the resnet18 fixture, max over channels of |·|: its norm, and its mean over each of 7 × 7 squares of 32 pixels. Computed in
 * float64 by PyTorch 1.13 from the fixture's ONNX file, node by node, with a ReLU whose backward pass is g·1[x > 0]·1[g > 0].
 */
// biome-ignore format: a table
const golden: Readonly<Record<number, { readonly norm: number; readonly squares: readonly number[] }>> = {
  892: {
    norm: 4.68277662,
    squares: [
      0.01711320, 0.02009032, 0.01960165, 0.02007699, 0.02000211, 0.01737461, 0.00872895,
      0.02004653, 0.02385207, 0.02400992, 0.02276252, 0.02346044, 0.01988793, 0.01067086,
      0.01868336, 0.02312972, 0.02336365, 0.02558660, 0.02455314, 0.02018349, 0.01087470,
      0.01886789, 0.02306704, 0.02365293, 0.02444974, 0.02381798, 0.01958169, 0.01022665,
      0.01783776, 0.02174487, 0.02296247, 0.02306783, 0.02209867, 0.01937245, 0.01023796,
      0.01597853, 0.01880365, 0.01958056, 0.02001405, 0.02022792, 0.01657616, 0.00919429,
      0.00785094, 0.00970551, 0.00989328, 0.01023147, 0.01067469, 0.00862464, 0.00485471,
    ],
  },
  102: {
    norm: 4.33974101,
    squares: [
      0.01563329, 0.01789329, 0.01766696, 0.01854124, 0.01828999, 0.01597427, 0.00825055,
      0.01830530, 0.02122725, 0.02154471, 0.02091729, 0.02188388, 0.01868751, 0.01018192,
      0.01715360, 0.02119856, 0.02138218, 0.02361834, 0.02264926, 0.01890937, 0.01046750,
      0.01758783, 0.02151230, 0.02190002, 0.02274453, 0.02230463, 0.01875071, 0.01012040,
      0.01673304, 0.02049000, 0.02119565, 0.02135133, 0.02090432, 0.01838917, 0.00984387,
      0.01504139, 0.01741580, 0.01792316, 0.01844324, 0.01889920, 0.01561972, 0.00883190,
      0.00746231, 0.00909407, 0.00923579, 0.00965408, 0.01004949, 0.00816892, 0.00470432,
    ],
  },
};

/**
 * Rollout and LeGrad (of class 599, less its minimum) of the vit_tiny_patch16_224.dynamo fixture, the mean of each 2 × 2 patches. Computed in float64 by PyTorch 1.13
 * from the fixture's ONNX file, node by node: the product of whole matrices ½Ā + ½I with rows divided by their sums, and autograd's gradients by the Softmax outputs.
 */
// biome-ignore format: a table
const ofAttention: Readonly<Record<string, readonly number[]>> = {
  rollout: [
    0.005074398, 0.005073139, 0.005056147, 0.005077295, 0.005077795, 0.005073282, 0.005079458,
    0.005080146, 0.005065266, 0.005070220, 0.005072689, 0.005089861, 0.005079479, 0.005083160,
    0.005073437, 0.005083179, 0.005067931, 0.005083925, 0.005070177, 0.005069658, 0.005071572,
    0.005067285, 0.005073332, 0.005087935, 0.005076452, 0.005074329, 0.005076810, 0.005078528,
    0.005072412, 0.005068923, 0.005083775, 0.005065899, 0.005071243, 0.005072427, 0.005075701,
    0.005082746, 0.005071286, 0.005076449, 0.005075877, 0.005073277, 0.005073957, 0.005074626,
    0.005074945, 0.005076265, 0.005074810, 0.005080854, 0.005072097, 0.005076161, 0.005072066,
  ],
  legrad: [
    0.002315485, 0.002440921, 0.001749430, 0.002059715, 0.002377941, 0.002532975, 0.002059952,
    0.001037399, 0.002385827, 0.002019262, 0.001472036, 0.000528733, 0.002386432, 0.002043537,
    0.001520430, 0.002706626, 0.003432179, 0.004059231, 0.001496974, 0.001166009, 0.001584785,
    0.001094953, 0.003189902, 0.001668320, 0.001955829, 0.001911655, 0.002038118, 0.001190593,
    0.001811900, 0.001710815, 0.001833162, 0.003042632, 0.001708744, 0.001548924, 0.001473319,
    0.002764423, 0.002578229, 0.002498787, 0.001667743, 0.002698316, 0.002274701, 0.002617760,
    0.003021825, 0.002058177, 0.001312144, 0.001759608, 0.002450276, 0.002010000, 0.002369341,
  ],
};

const named = (pattern: RegExp) => fixtureNames().filter((name) => pattern.test(name));

describeFixtures(named(/^resnet18$/), '%s', (name) => {
  it("gives PyTorch's guided backpropagation", async () => {
    const { model, input, classes } = await loadFixture(name);
    const explainer = await openExplainer(await oneThread(), model, { methods: ['guidedbackprop'], session: { optimization: 'basic' } });
    const { explanations } = await explainer.explainOne(input, classes);
    expect(explanations.map((explanation) => explanation.class.index)).toEqual([892, 102]);
    for (const { class: predicted, maps } of explanations) {
      const [map] = maps;
      const { norm, squares } = golden[predicted.index] ?? { norm: Number.NaN, squares: [] };
      expect(Math.hypot(...(map?.data ?? [])) / norm).toBeCloseTo(1, 5);
      const means = new Float64Array(49);
      for (const [at, value] of (map?.data ?? []).entries()) {
        const [y, x] = [Math.floor(at / 224), at % 224];
        const square = Math.floor(y / 32) * 7 + Math.floor(x / 32);
        means[square] = (means[square] ?? 0) + value / 1024;
      }
      expect(relativeL2(means, squares)).toBeLessThan(1e-5);
    }
    await explainer.close();
  });
});

describeFixtures(named(/^vit_tiny_patch16_224\.dynamo$/), '%s', (name) => {
  it.each(['rollout', 'legrad'])("gives PyTorch's %s", async (method) => {
    const { model, input } = await loadFixture(name);
    const explainer = await openExplainer(await oneThread(), model, { methods: [method], session: { optimization: 'basic' } });
    const { explanations } = await explainer.explainOne(input, [599]);
    const means = new Float64Array(49);
    for (const [at, value] of (explanations[0]?.maps[0]?.data ?? []).entries()) {
      const square = Math.floor(at / 28) * 7 + Math.floor((at % 14) / 2);
      means[square] = (means[square] ?? 0) + value / 4;
    }
    // Rollout is nearly the same everywhere: what differs is compared.
    const differing = (values: ArrayLike<number>) => {
      const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
      return Array.from(values, (value) => value - mean);
    };
    expect(relativeL2(differing(means), differing(ofAttention[method] ?? []))).toBeLessThan(1e-3);
    await explainer.close();
  });
});

/** Real networks, whose attention is written as exporters write it. */
describeFixtures(named(/^vit_tiny/), '%s', (name) => {
  it('gives a map of the patches by rollout and by LeGrad', async () => {
    const { model, input, classes } = await loadFixture(name);
    const explainer = await openExplainer(await oneThread(), model, { methods: ['rollout', 'legrad'] });
    const { explanations } = await explainer.explainOne(input, classes);
    expect(explanations).toHaveLength(2 * classes.length);
    for (const { method, maps, evidence } of explanations) {
      const [map] = maps;
      expect([map?.width, map?.height, evidence]).toEqual([14, 14, true]);
      const sum = map?.data.reduce((total, value) => total + value, 0) ?? 0;
      // What the class token keeps of itself through 12 blocks is not on the map: 2⁻¹² at least.
      if (method === 'rollout') expect(sum).toBeLessThan(1 - 2 ** -12);
      expect(sum).toBeGreaterThan(0);
    }
    const [first, second] = ['rollout', 'legrad'].map((method) => explanations.filter((explanation) => explanation.method === method));
    expect(relativeL2(first?.[0]?.maps[0]?.data ?? [], first?.[1]?.maps[0]?.data ?? [])).toBe(0);
    expect(relativeL2(second?.[0]?.maps[0]?.data ?? [], second?.[1]?.maps[0]?.data ?? [])).toBeGreaterThan(0.01);
    await explainer.close();
  });
});
