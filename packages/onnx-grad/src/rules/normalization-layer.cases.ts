import { type Case, check, constant, smooth } from '../testing/case.js';

const layer = (operator: string, rest: Partial<Case> = {}): Case[] => [
  check(operator, 'last axis', { ...rest, inputs: [smooth(2, 3, 4), smooth(4)] }),
  check(operator, 'constant scale, epsilon', {
    ...rest,
    inputs: [smooth(2, 3, 4), constant(smooth(4))],
    attributes: { epsilon: { float: 0.1 } },
  }),
  check(operator, 'axis 1', { ...rest, inputs: [smooth(2, 3, 4), smooth(3, 4)], attributes: { axis: 1 } }),
  check(operator, 'axis 0', { ...rest, inputs: [smooth(2, 6), smooth(2, 6)], attributes: { axis: 0 } }),
  check(operator, 'axis from the back', { ...rest, inputs: [smooth(2, 2, 2, 3), smooth(2, 3)], attributes: { axis: -2 } }),
];

export const layerNormalizationCases: readonly Case[] = [
  ...layer('LayerNormalization'),
  check('LayerNormalization', 'bias', { inputs: [smooth(2, 3, 4), smooth(4), smooth(4)] }),
  check('LayerNormalization', 'scale that broadcasts', { inputs: [smooth(2, 3, 4), smooth(4), smooth(1)], attributes: { axis: 1 } }),
  check('LayerNormalization', 'mean and deviation', { inputs: [smooth(2, 3, 4), constant(smooth(4))], outputs: 3 }),
  check('LayerNormalization', 'mean and deviation alone', {
    inputs: [smooth(2, 3, 4), constant(smooth(3, 4))],
    outputs: 3,
    used: [1, 2],
    attributes: { axis: 1 },
  }),
  ...layer('RMSNormalization', { since: 24 }),
  check('GroupNormalization', 'scale of each group', {
    since: 18,
    until: 20,
    inputs: [smooth(2, 4, 3), smooth(2), smooth(2)],
    attributes: { num_groups: 2 },
  }),
  check('GroupNormalization', 'scale of each group, epsilon', {
    since: 18,
    until: 20,
    inputs: [smooth(2, 6, 2, 2), constant(smooth(3)), constant(smooth(3))],
    attributes: { num_groups: 3, epsilon: { float: 0.1 } },
  }),
  check('GroupNormalization', 'scale of each channel', {
    since: 21,
    inputs: [smooth(2, 4, 3), smooth(4), smooth(4)],
    attributes: { num_groups: 2 },
  }),
  check('GroupNormalization', 'scale of each channel, epsilon', {
    since: 21,
    inputs: [smooth(2, 6, 2, 2), constant(smooth(6)), constant(smooth(6))],
    attributes: { num_groups: 3, epsilon: { float: 0.1 } },
  }),
  check('InstanceNormalization', 'space', { inputs: [smooth(2, 3, 2, 3), smooth(3), smooth(3)] }),
  check('InstanceNormalization', 'one dimension, epsilon', {
    inputs: [smooth(2, 3, 5), constant(smooth(3)), constant(smooth(3))],
    attributes: { epsilon: { float: 0.1 } },
  }),
];
