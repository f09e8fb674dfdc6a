import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ZOO_COMMIT, ZOO_HOSTS, ZOO_MIRRORS, ZOO_MODELS } from './models.js';
import { zooAddresses, zooEntry, zooNames } from './zoo.js';

describe('the zoo', () => {
  it('knows its names, and the nearest to a wrong one', () => {
    expect(zooNames()).toContain('resnet18');
    expect(() => zooEntry('resnet-18')).toThrow(
      expect.objectContaining({ code: 'unknown-model', message: expect.stringContaining('did you mean resnet18') }),
    );
    expect(() => zooEntry('yolo')).toThrow(expect.objectContaining({ message: expect.stringContaining('there are resnet18, resnet50') }));
    expect(() => zooEntry('constructor')).toThrow(expect.objectContaining({ code: 'unknown-model' }));
  });

  it('has addresses on hosts that a page may name as its only ones', () => {
    for (const name of zooNames()) {
      for (const url of zooAddresses(zooEntry(name))) expect(ZOO_HOSTS).toContain(new URL(url).origin);
    }
    const [first, second] = zooAddresses(zooEntry('resnet18'));
    expect(first).toBe('https://huggingface.co/onnxmodelzoo/resnet18_Opset17_torch_hub/resolve/main/resnet18_Opset17.onnx');
    expect(second).toBe(`https://media.githubusercontent.com/media/onnx/models/${ZOO_COMMIT}/${zooEntry('resnet18').path}`);
  });

  const facts = new URL('../../../../../shared/zoo.json', import.meta.url);
  it.skipIf(!existsSync(facts))('agrees with the facts it was made from (skipped where ../shared is absent)', () => {
    const zoo = JSON.parse(readFileSync(facts, 'utf8'));
    expect([zoo.commit, zoo.mirrors, Object.keys(zoo.models)]).toEqual([ZOO_COMMIT, ZOO_MIRRORS, Object.keys(ZOO_MODELS)]);
    for (const [name, entry] of Object.entries(ZOO_MODELS)) {
      const { folder, file, ...rest } = zoo.models[name];
      expect(entry).toMatchObject(rest);
      expect(entry.path.split('/').slice(-2)).toEqual([folder, file]);
    }
  });
});
