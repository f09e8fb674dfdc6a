import { describe, expect, it } from 'vitest';
import { sortFiles } from './files.js';

const file = (name: string, type = '') => new File(['x'], name, { type });

describe('files that are dropped together', () => {
  it('are a model with its weights, labels and preprocessing', () => {
    const names = ['net.onnx', 'net.onnx.data', 'weights_2', 'labels.txt', 'preprocessor_config.json'];
    const sorted = sortFiles(names.map((name) => file(name)));
    expect(sorted.model?.name).toBe('net.onnx');
    expect(sorted.external.map(({ name }) => name)).toEqual(['net.onnx.data', 'weights_2']);
    expect(sorted.labels?.name).toBe('labels.txt');
    expect(sorted.preprocess?.name).toBe('preprocessor_config.json');
    expect(sorted.picture).toBeUndefined();
  });

  it('are a picture by its type, or by its name where the system knows no type', () => {
    expect(sortFiles([file('a', 'image/png')]).picture?.name).toBe('a');
    expect(sortFiles([file('B.JPEG')]).picture?.name).toBe('B.JPEG');
  });

  it('are nothing where nothing fits', () => {
    expect(sortFiles([file('notes.pdf', 'application/pdf')])).toEqual({
      model: undefined,
      external: [],
      labels: undefined,
      preprocess: undefined,
      picture: undefined,
    });
  });

  it('tells the labels of a config from preprocessing', () => {
    const sorted = sortFiles([file('config.json'), file('preprocess.json')]);
    expect([sorted.labels?.name, sorted.preprocess?.name]).toEqual(['config.json', 'preprocess.json']);
  });
});
