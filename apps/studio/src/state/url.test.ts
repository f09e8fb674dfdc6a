import { describe, expect, it } from 'vitest';
import { viewFromHash, viewToHash } from './url.js';
import { DEFAULT_VIEW, type View } from './view.js';

const other: View = {
  picture: 'file:cat & dog #1.jpg',
  model: 'zoo:resnet18',
  preprocess: '{"size":[224,224],"mean":[0.5,0.5,0.5]}',
  mode: 'against',
  class: 0,
  other: 281,
  layer: '/layer4/layer4.1/relu_1/Relu_output_0',
  method: 'layercam',
  show: 'map',
  alpha: 0.3,
  colormap: 'viridis',
  contour: 0.25,
};

describe('the view in the address', () => {
  it('is empty for the first view', () => {
    expect(viewToHash(DEFAULT_VIEW)).toBe('');
    expect(viewFromHash('')).toEqual(DEFAULT_VIEW);
  });

  it('comes back as it was, every part of it', () => {
    for (const key of Object.keys(DEFAULT_VIEW) as (keyof View)[]) expect(other[key]).not.toEqual(DEFAULT_VIEW[key]);
    expect(viewFromHash(`#${viewToHash(other)}`)).toEqual(other);
  });

  it('says only what differs', () => {
    expect(viewToHash({ ...DEFAULT_VIEW, class: 3, alpha: 0 })).toBe('class=3&alpha=0');
  });

  it.each([
    'mode=three',
    'class=-1',
    'class=1.5',
    'class=99999999999',
    'alpha=2',
    'alpha=NaN',
    'contour=-0.1',
    'colormap=__proto__',
    'show=constructor',
    'layer=',
    `preprocess=${'x'.repeat(2001)}`,
    'nothing=known',
    '%E0%A4%A',
  ])('takes nothing unsound: %s', (hash) => {
    expect(viewFromHash(hash)).toEqual(DEFAULT_VIEW);
  });
});
