import { nodeRuntime } from '@gradcam/node';
import { Facts, readModel } from 'onnx-grad';
import { describe, expect, it } from 'vitest';
import { network, smallNetwork } from '../testing/networks.js';
import { BINS, CLASSES, detector, embedding, type Form, segmenter } from '../testing/outputs.js';
import type { BoxLayout } from './detector.js';
import { imageInput } from './input.js';
import { logitsOf } from './logits.js';
import { readClassifier } from './model.js';
import { findScores, probabilities } from './score.js';

const runtime = await nodeRuntime();

const scoresOf = (bytes: Uint8Array, name?: string) => {
  const graph = readModel(bytes);
  return findScores(graph, new Facts(graph), imageInput(graph), name);
};

describe('the class scores', () => {
  it.each([
    ['logits', { logits: 'scores', activation: 'none' }],
    ['Softmax', { logits: 'logits', activation: 'softmax' }],
    ['LogSoftmax', { logits: 'logits', activation: 'softmax' }],
    ['Sigmoid', { logits: 'logits', activation: 'sigmoid' }],
  ] as const)('of a model that ends in %s', (end, expected) => {
    expect(scoresOf(smallNetwork({ end }))).toEqual({ kind: 'classes', output: 'scores', classes: 3, ...expected });
  });

  it('are found behind nodes that only reshape or cast', () => {
    const bytes = network(
      [
        { opType: 'Softmax', inputs: ['picture'], outputs: ['soft'], attributes: { axis: 1 } },
        { opType: 'Flatten', inputs: ['soft'], outputs: ['flat'], attributes: { axis: 1 } },
        { opType: 'Identity', inputs: ['flat'], outputs: ['scores'] },
      ],
      ['scores'],
      {},
    );
    expect(logitsOf(readModel(bytes), 'scores')).toEqual({ logits: 'picture', activation: 'softmax' });
  });

  it('are refused in words where an output holds something else', () => {
    const bytes = network(
      [{ opType: 'ReduceMean', inputs: ['picture'], outputs: ['rows'], attributes: { axes: [3], keepdims: 0 } }],
      ['rows'],
      {},
    );
    expect(() => scoresOf(bytes)).toThrow(
      /expected an output of class scores shaped \[batch, classes\], of class scores of each pixel .*, or of boxes .*, but the model gives 'rows' \[/,
    );
  });

  it('are refused where a damaged file declares more of them than there can be', () => {
    const bytes = network([{ opType: 'Identity', inputs: ['picture'], outputs: ['scores'] }], ['scores'], {});
    const graph = readModel(bytes);
    const facts = new Facts(graph);
    facts.state('scores', { type: 'float32', dims: [1, 2 ** 31] });
    expect(() => findScores(graph, facts, imageInput(graph))).toThrow(
      "expected at most 1048576 classes, but the output 'scores' is declared as 2147483648; is the model damaged?",
    );
  });

  it('suggests an output where the named one is not there', () => {
    expect(() => scoresOf(smallNetwork(), 'score')).toThrow("the model has no output 'score'; it has: scores");
  });
});

describe('what an output holds', () => {
  const read = async (bytes: Uint8Array, output?: string) =>
    (await readClassifier(runtime, bytes, output === undefined ? {} : { output })).scores;

  it.each([
    [{}, { logits: 'map', activation: 'none', axis: 1 }],
    [{ layout: 'NHWC' }, { logits: 'turned', activation: 'none', axis: 3 }],
    [{ end: 'Softmax' }, { logits: 'map', activation: 'softmax', axis: 1 }],
    [
      { layout: 'NHWC', end: 'ArgMax' },
      { logits: 'turned', activation: 'none', axis: 3 },
    ],
  ] as const)('pixels: %o', async (form, expected) => {
    expect(await read(segmenter(form))).toMatchObject({ kind: 'pixels', classes: 3, height: 16, width: 16, ...expected });
  });

  const layouts: readonly (readonly [Form, Partial<BoxLayout>, 1 | 2])[] = [
    ['YOLOX', { form: 'cell', box: 0, objectness: 4, classes: 5, count: CLASSES }, 2],
    ['YOLOX decoded', { form: 'pixels', box: 0, objectness: 4, classes: 5, count: CLASSES }, 2],
    ['YOLOv8', { form: 'pixels', box: 0, objectness: undefined, classes: 4, count: CLASSES }, 1],
    ['NanoDet', { form: 'distances', box: CLASSES, numbers: 4 * BINS, objectness: undefined, classes: 0, count: CLASSES }, 2],
  ];
  it.each(layouts)('boxes: %s', async (form, layout, axis) => {
    expect(await read(detector(form))).toMatchObject({ kind: 'boxes', classes: CLASSES, boxes: 84, axis, layout });
  });

  it('a vector of features, where it is divided by its length', async () => {
    expect(await read(embedding(true))).toMatchObject({ kind: 'embedding', classes: 5 });
    expect(await read(embedding(false))).toMatchObject({ kind: 'classes', classes: 5 });
  });

  it('of several, class scores come first; any can be named', async () => {
    const two = network(
      [
        { opType: 'Conv', inputs: ['picture', 'kernel'], outputs: ['map'], attributes: {} },
        { opType: 'GlobalAveragePool', inputs: ['map'], outputs: ['pooled'] },
        { opType: 'Flatten', inputs: ['pooled'], outputs: ['scores'], attributes: { axis: 1 } },
      ],
      ['map', 'scores'],
      { kernel: [4, 3, 1, 1] },
    );
    expect(await read(two)).toMatchObject({ kind: 'classes', output: 'scores' });
    expect(await read(two, 'map')).toMatchObject({ kind: 'pixels', output: 'map', classes: 4 });
    await expect(read(two, 'maps')).rejects.toThrow("the model has no output 'maps'; it has: map, scores; nearest: map");
  });
});

describe('probabilities', () => {
  it('of large logits do not overflow', () => {
    const [first, second] = probabilities(Float32Array.of(1000, 999), 'softmax');
    // 1 / (1 + e⁻¹)
    expect(first).toBeCloseTo(0.7310586, 6);
    expect(second).toBeCloseTo(0.2689414, 6);
  });

  it('of a sigmoid stand for themselves', () => {
    expect([...probabilities(Float32Array.of(0, 2), 'sigmoid')].map((value) => value.toFixed(6))).toEqual(['0.500000', '0.880797']);
  });
});
