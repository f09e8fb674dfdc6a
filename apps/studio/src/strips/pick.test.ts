import { expect, it } from 'vitest';
import type { LayerFacts } from '../engine/protocol.js';
import { gridOf, layersToShow, MAX_LAYERS, shortName } from './pick.js';

const layer = (name: string, operator: string, more: Partial<LayerFacts> = {}): LayerFacts => ({
  name,
  operator,
  shape: ['batch', 8, 7, 7],
  channels: 8,
  isDefault: false,
  isConvolution: operator === 'Conv',
  ...more,
});
const named = (layers: readonly LayerFacts[]) => layers.map(({ name }) => name);

it('shows the convolutions, the default layer, and the chosen one', () => {
  const layers = [
    layer('conv1', 'Conv'),
    layer('relu1', 'Relu'),
    layer('conv2', 'Conv'),
    layer('relu2', 'Relu'),
    layer('conv3', 'Conv'),
    layer('relu3', 'Relu', { isDefault: true }),
  ];
  expect(named(layersToShow(layers, 'auto'))).toEqual(['conv1', 'conv2', 'conv3', 'relu3']);
  expect(named(layersToShow(layers, 'relu1'))).toEqual(['conv1', 'relu1', 'conv2', 'conv3', 'relu3']);
});

it('spreads many evenly, from the first to the last', () => {
  const layers = Array.from({ length: 53 }, (_, index) => layer(`conv${index}`, 'Conv', { isDefault: index === 52 }));
  const shown = named(layersToShow(layers, 'auto'));
  expect(shown).toHaveLength(MAX_LAYERS);
  expect([shown[0], shown.at(-1)]).toEqual(['conv0', 'conv52']);
});

it('shows the sums of a transformer that have the width of its default layer', () => {
  const layers = [
    layer('patches', 'Conv'),
    ...Array.from({ length: 6 }, (_, index) => layer(`block${index}`, 'Add')),
    layer('wide', 'Add', { channels: 32 }),
    layer('norm', 'LayerNormalization', { isDefault: true }),
  ];
  expect(named(layersToShow(layers, 'auto'))).toEqual(['block0', 'block1', 'block2', 'block3', 'block4', 'block5', 'norm']);
});

it.each([
  ['/layer4/layer4.1/conv2/Conv_output_0', 'Conv', 'layer4.1/conv2'],
  ['/stages/stages.5/Relu_1_output_0', 'Relu', 'stages.5'],
  ['/features/features.12/Concat_output_0', 'Concat', 'features.12'],
  ['/blocks/blocks.3/Add_1_output_0', 'Add', 'blocks.3'],
  ['/Conv_output_0', 'Conv', 'Conv'],
  ['resnetv17_relu3_fwd', 'Relu', 'resnetv17_relu3_fwd'],
  ['', 'Relu', ''],
])('shortens %j of %s to %j', (name, operator, short) => {
  expect(shortName({ name, operator })).toBe(short);
});

it.each([
  [['batch', 8, 7, 5], 8, '7 × 5'],
  [['batch', 14, 12, 96], 96, '14 × 12'],
  [['batch', 197, 192], 192, '192 channels'],
  [['batch', 8, 'h', 'w'], 8, '? × ?'],
] as const)('says the grid of %j', (shape, channels, text) => {
  expect(gridOf({ shape, channels })).toBe(text);
});
