import { describe, expect, test } from 'vitest';
import { fullName } from '../graph/graph.js';
import type { Case } from '../testing/case.js';
import { OPSETS, SAME, TOLERANCE, verify } from '../testing/check.js';
import { typeError } from '../testing/types.js';
import { activationCases } from './activation.cases.js';
import { arithmeticCases } from './arithmetic.cases.js';
import { attentionCases } from './attention.cases.js';
import { convolutionCases } from './convolution.cases.js';
import { cumulativeCases } from './cumulative.cases.js';
import { deformCases } from './deform.cases.js';
import { dropoutCases } from './dropout.cases.js';
import { einsumCases } from './einsum.cases.js';
import { fusedCases } from './fused.cases.js';
import { generatorCases } from './generators.cases.js';
import { indexingCases } from './indexing.cases.js';
import { layoutCases } from './layout.cases.js';
import { linearCases } from './linear.cases.js';
import { lossCases } from './loss.cases.js';
import { mathCases } from './math.cases.js';
import { normalizationCases } from './normalization.cases.js';
import { batchNormalizationCases } from './normalization-batch.cases.js';
import { layerNormalizationCases } from './normalization-layer.cases.js';
import { poolingCases } from './pooling.cases.js';
import { quantizationCases } from './quantization.cases.js';
import { reductionCases } from './reduction.cases.js';
import { resizeCases } from './resize.cases.js';
import type { Rule } from './rule.js';
import { samplingCases } from './sampling.cases.js';
import { scatterCases } from './scatter.cases.js';
import { knownOperators, rules } from './table.js';
import { transformCases } from './transform.cases.js';

const cases: readonly Case[] = [
  ...arithmeticCases,
  ...activationCases,
  ...linearCases,
  ...convolutionCases,
  ...poolingCases,
  ...normalizationCases,
  ...batchNormalizationCases,
  ...layerNormalizationCases,
  ...reductionCases,
  ...layoutCases,
  ...indexingCases,
  ...generatorCases,
  ...mathCases,
  ...cumulativeCases,
  ...lossCases,
  ...dropoutCases,
  ...resizeCases,
  ...scatterCases,
  ...samplingCases,
  ...einsumCases,
  ...deformCases,
  ...transformCases,
  ...attentionCases,
  ...fusedCases,
  ...quantizationCases,
];

/** Operators that ONNX Runtime runs in another floating-point type, their gradients too. */
const ran = { float64: new Set<string>(), float16: new Set<string>() };

/** Operators that claim, in at least one of their cases, that rows stay apart: K classes of one image share one forward pass. */
const claimed = new Set<string>();

/** Operators that claim, in at least one of their cases, that positions of an axis stay apart: a class token is differentiated alone. */
const apart = new Set<string>();

const within = (opset: number, { since = 1, until = Number.POSITIVE_INFINITY }: Pick<Case, 'since' | 'until'>) =>
  since <= opset && opset <= until;

/** Where a case is checked; one that exists between two of the operator sets, in its first. */
const opsetsOf = (c: Case) => {
  const opsets = OPSETS.filter((opset) => within(opset, c));
  return opsets.length > 0 ? opsets : [c.since ?? 1];
};

const casesOf = (rule: Rule) =>
  cases.flatMap((c) =>
    c.operator === rule.operator && (c.domain ?? '') === rule.domain
      ? opsetsOf(c)
          .filter((opset) => within(opset, rule))
          .map((opset) => ({ c, opset }))
      : [],
  );

for (const rule of rules) {
  const found = casesOf(rule);
  const to = rule.until === Number.POSITIVE_INFINITY ? '' : ` to ${rule.until}`;
  describe(`${fullName(rule.domain, rule.operator)} since ${rule.since}${to}`, () => {
    test('has a case', () => {
      expect(found.length).toBeGreaterThan(0);
    });
    for (const c of new Set(found.map((one) => one.c))) {
      const opsets = found.filter((one) => one.c === c).map(({ opset }) => opset);
      test(`${c.title || 'plain'}, operator sets ${opsets.join(', ')}`, async () => {
        for (const opset of opsets) {
          const { gradient, second = 0, rows, stretches, contradictions } = await verify(c, rule, opset);
          if (rows !== undefined) claimed.add(fullName(rule.domain, rule.operator));
          if (stretches !== undefined) apart.add(fullName(rule.domain, rule.operator));
          expect(contradictions, `operator set ${opset}`).toEqual([]);
          const tolerance = c.tolerance ?? (c.linear ? TOLERANCE.linear : TOLERANCE.smooth);
          for (const [sizes, error] of Object.entries(gradient))
            expect(error, `gradient, sizes ${sizes}, operator set ${opset}`).toBeLessThan(tolerance);
          expect(second, `gradient of the gradient, operator set ${opset}`).toBeLessThan(tolerance);
          expect(rows ?? 0, `rows, operator set ${opset}`).toBeLessThan(SAME);
          expect(stretches ?? 0, `stretches, operator set ${opset}`).toBeLessThan(SAME);
        }
      });
    }
    test.each(['float64', 'float16'] as const)('%s', async (type) => {
      for (const c of new Set(found.map((one) => one.c))) {
        if (c.refused !== undefined || c.twin !== undefined) continue;
        const opset = Math.max(...found.filter((one) => one.c === c).map((one) => one.opset));
        const error = await typeError(c, rule, opset, type);
        if (error === undefined) continue;
        ran[type].add(fullName(rule.domain, rule.operator));
        expect(error, `${c.title}, operator set ${opset}`).toBeLessThan(1);
      }
    });
  });
}

test('other floating-point types are checked as far as ONNX Runtime computes in them', () => {
  for (const operator of ['Add', 'MatMul', 'MaxPool', 'ReduceMean', 'Sigmoid', 'Softmax', 'Gather'])
    for (const type of [ran.float64, ran.float16]) expect([...type]).toContain(operator);
  for (const operator of ['Conv', 'ConvTranspose', 'AveragePool', 'GlobalAveragePool']) expect([...ran.float16]).toContain(operator);
  // Its gradient is written without convolutions, which have no kernel for float64.
  expect([...ran.float64]).toContain('DeformConv');
});

test('positions stay apart in what stands between a class token and the attention before it', () => {
  for (const operator of 'Add Mul Div Erf Gelu LayerNormalization ReduceMean MatMul Softmax Reshape Transpose'.split(' '))
    expect([...apart]).toContain(operator);
});

test('every case belongs to a rule', () => {
  const covered = new Set(rules.flatMap((rule) => casesOf(rule).map(({ c }) => c)));
  expect(cases.filter((c) => !covered.has(c)).map(({ operator, title }) => `${operator} ${title}`)).toEqual([]);
});

test('rows stay apart in every operator but those that are known not to prove it', () => {
  expect(knownOperators().filter((operator) => !claimed.has(operator))).toEqual([
    'NegativeLogLikelihoodLoss',
    'OneHot',
    'Range',
    'RoiAlign',
    'STFT',
    'ScatterND',
    'SoftmaxCrossEntropyLoss',
    // No one infers the sizes of what it gives while the batch has none.
    'com.microsoft.QLinearConcat',
  ]);
});
