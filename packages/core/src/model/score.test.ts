import { Facts, readModel } from 'onnx-grad';
import { describe, expect, it } from 'vitest';
import { network, smallNetwork } from '../testing/networks.js';
import { imageInput } from './input.js';
import { logitsOf } from './logits.js';
import { findScores, probabilities } from './score.js';

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

  it('suggests an output where the named one is not there', () => {
    expect(() => scoresOf(smallNetwork(), 'score')).toThrow("the model has no output 'score'; it has: scores");
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
