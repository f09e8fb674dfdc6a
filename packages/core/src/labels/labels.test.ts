import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinLabels, imagenetLabelsWithBackground } from './builtin.js';
import { findClass } from './find.js';
import { imagenetLabels } from './imagenet.js';
import { MAX_LABEL_LENGTH, MAX_LABELS } from './limits.js';
import { labelsFromConfig, parseLabels, parseLabelsJson } from './parse.js';

const refuses = (run: () => unknown, code: string, words: string) =>
  expect(run).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));

describe('parseLabels', () => {
  it.each([
    ['one a line', 'cat\ndog\n'],
    ['without a last line end', 'cat\ndog'],
    ['with a byte order mark and CRLF', '\uFEFFcat\r\ndog\r\n'],
    ['with old Macintosh line ends', 'cat\rdog\r'],
    ['with spaces around and empty lines after', '  cat \ndog\t\n\n\n'],
  ])('reads %s', (_, text) => expect(parseLabels(text, 'labels.txt')).toEqual(['cat', 'dog']));

  it('does not let an empty line shift the classes', () => {
    refuses(() => parseLabels('cat\n\ndog', 'labels.txt'), 'invalid-labels', 'line 2 of labels.txt is empty');
    refuses(() => parseLabels('\ncat\ndog', 'labels.txt'), 'invalid-labels', 'line 1 of labels.txt is empty');
  });

  it('refuses what is no list of labels', () => {
    refuses(() => parseLabels('', 'labels.txt'), 'invalid-labels', 'line 1 of labels.txt is empty');
    refuses(() => parseLabels('x'.repeat(MAX_LABEL_LENGTH + 1), 'labels.txt'), 'limit', 'has 1001 characters');
    refuses(() => parseLabels('x\n'.repeat(MAX_LABELS + 1), 'labels.txt'), 'limit', 'has 100001 labels');
    refuses(() => parseLabels('x'.repeat(2 ** 23 + 1), 'labels.txt'), 'limit', 'at most 8388608');
  });
});

describe('parseLabelsJson', () => {
  it('reads an array of strings', () => expect(parseLabelsJson('["cat", " dog "]', 'the metadata')).toEqual(['cat', 'dog']));

  it.each([
    ['{"0": "cat"}', 'got an object'],
    ['["cat", 3]', 'entry 1 of the metadata, got a number'],
    ['["cat", null]', 'got null'],
    ['[]', 'at least one label'],
    ['cat', 'it is not JSON'],
  ])('refuses %s', (text, words) => refuses(() => parseLabelsJson(text, 'the metadata'), 'invalid-labels', words));
});

describe('labelsFromConfig', () => {
  it('puts the labels in the order of their indices', () => {
    expect(labelsFromConfig({ id2label: { '1': 'dog', '0': 'cat' } }, 'config.json')).toEqual(['cat', 'dog']);
  });

  it('has nothing to say of a configuration without labels', () => {
    expect(labelsFromConfig({ model_type: 'vit' }, 'config.json')).toBeUndefined();
    expect(labelsFromConfig({ id2label: null }, 'config.json')).toBeUndefined();
    expect(labelsFromConfig('nonsense', 'config.json')).toBeUndefined();
  });

  it.each([
    ['{"id2label": ["cat"]}', 'got an array'],
    ['{"id2label": {"0": "cat", "2": "dog"}}', "every index from 0 to 1 once, but it has '2'"],
    ['{"id2label": {"0": "cat", "00": "dog"}}', "but it has '00'"],
    ['{"id2label": {"__proto__": "cat"}}', "but it has '__proto__'"],
    ['{"id2label": {"0": {"en": "cat"}}}', "id2label['0'] of config.json, got an object"],
    ['{"id2label": {}}', 'at least one label'],
  ])('refuses %s', (json, words) => refuses(() => labelsFromConfig(JSON.parse(json), 'config.json'), 'invalid-labels', words));
});

describe('findClass', () => {
  const labels = ['tench, Tinca tinca', 'crane', 'maillot', 'maillot, tank suit', 'crane', 'giant panda, panda', 'red panda, panda'];

  it.each<[string | number, number]>([
    [3, 3],
    ['3', 3],
    [' 0 ', 0],
    ['tench', 0],
    ['TINCA  Tinca', 0],
    ['tench, tinca tinca', 0],
    ['tank suit', 3],
    ['giant panda', 5],
    // Two classes have this word, but only one has it for its whole label.
    ['maillot', 2],
  ])('finds %j', (query, index) => expect(findClass(labels, query)).toBe(index));

  it.each([
    ['crane', "'crane' fits 2 classes: 1 (crane); 4 (crane)"],
    ['panda', '5 (giant panda, panda); 6 (red panda, panda)'],
    ['giant pnada', "did you mean 'giant panda'?"],
    ['suit', "did you mean 'tank suit'?"],
    ['zebra crossing', "labelled 'zebra crossing'; did you mean '"],
    ['', "labelled ''"],
    ['7', 'from 0 to 6, got 7'],
    ['-1', 'from 0 to 6, got -1'],
    ['99999999999999999999', 'from 0 to 6'],
  ])('refuses %j', (query, words) => refuses(() => findClass(labels, query), 'unknown-class', words));

  it('takes an index always for an index, even where a label is that number', () => {
    expect(findClass(['7', '0', '1'], '1')).toBe(1);
    refuses(() => findClass(['7', '0', '1'], '7'), 'unknown-class', 'from 0 to 2, got 7');
  });

  it('checks against the number of classes, not of labels', () => {
    expect(findClass([], 5, 10)).toBe(5);
    refuses(() => findClass([], 'cat', 10), 'unknown-class', 'has no labels');
    refuses(() => findClass(['cat', 'dog'], 'dog', 1), 'unknown-class', 'from 0 to 0, got 1');
    refuses(() => findClass(['cat', 'dog'], 1.5), 'unknown-class', 'got 1.5');
  });
});

describe('builtinLabels', () => {
  it('has ImageNet-1k with and without a background class', () => {
    expect(builtinLabels(1000)).toBe(imagenetLabels);
    expect(builtinLabels(1001)).toBe(imagenetLabelsWithBackground);
    expect(builtinLabels(10)).toBeUndefined();
    expect([imagenetLabels.length, imagenetLabelsWithBackground.length]).toEqual([1000, 1001]);
    // Well known: 207 is the golden retriever, 281 the tabby, 999 the last.
    expect([imagenetLabels[207], imagenetLabels[281], imagenetLabels[999]]).toEqual([
      'golden retriever',
      'tabby, tabby cat',
      'toilet tissue, toilet paper, bathroom tissue',
    ]);
  });

  it('finds every class by its whole label, except the two cranes', () => {
    const lost = imagenetLabels.flatMap((label, index) => {
      try {
        return findClass(imagenetLabels, label) === index ? [] : [index];
      } catch {
        return [index];
      }
    });
    expect(lost).toEqual([134, 517]);
  });

  const folder = new URL('../../../../../shared/models/', import.meta.url);
  it.skipIf(!existsSync(folder))('agrees with two published lists (skipped where ../shared is absent)', () => {
    const lines = (name: string) => parseLabels(readFileSync(new URL(name, folder), 'utf8'), name);
    expect(imagenetLabelsWithBackground).toEqual(lines('imagenet_labels_1001.txt'));
    const short = lines('imagenet_classes.txt');
    expect(short).toHaveLength(1000);
    const different = short.filter((name, index) => !imagenetLabels[index]?.split(', ').includes(name));
    expect(different).toEqual([]);
  });
});
