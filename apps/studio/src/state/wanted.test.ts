import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_VIEW, type View } from './view.js';
import { choicesForModel, choicesForPicture, wanted, withBundled } from './wanted.js';

const asked: View = {
  ...DEFAULT_VIEW,
  model: 'file:net.onnx',
  picture: 'file:cat.jpg',
  class: 281,
  other: 9,
  layer: 'layer4',
  colormap: 'viridis',
};

beforeEach(() => {
  wanted.value = { ...asked };
});

describe('a view of files that only the user has', () => {
  it('is shown with what is bundled in their place, and without choices that were made for them', () => {
    expect(withBundled(asked, { model: false, picture: false })).toEqual({ ...DEFAULT_VIEW, colormap: 'viridis' });
    expect(withBundled({ ...DEFAULT_VIEW, class: 3 }, { model: true, picture: true })).toEqual({ ...DEFAULT_VIEW, class: 3 });
  });

  it('comes back with the files, in any order', () => {
    expect(choicesForPicture('file:cat.jpg')).toEqual({ picture: 'file:cat.jpg', class: undefined, other: undefined });
    expect(wanted.value).toEqual(asked);
    expect(choicesForModel('file:net.onnx')).toMatchObject({ model: 'file:net.onnx', layer: 'layer4', class: 281, other: 9 });
    expect(wanted.value).toBeUndefined();
  });

  it('comes back with the picture where the model came first', () => {
    expect(choicesForModel('file:net.onnx')).toMatchObject({ layer: 'layer4', class: 281 });
    expect(choicesForPicture('file:cat.jpg')).toEqual({ picture: 'file:cat.jpg', class: 281, other: 9 });
    expect(wanted.value).toBeUndefined();
  });

  it('does not come back with others', () => {
    expect(choicesForModel('file:other.onnx')).toEqual({ model: 'file:other.onnx', layer: 'auto', class: undefined, other: undefined });
    expect(choicesForPicture('ship')).toEqual({ picture: 'ship', class: undefined, other: undefined });
    expect(wanted.value).toEqual(asked);
  });
});
