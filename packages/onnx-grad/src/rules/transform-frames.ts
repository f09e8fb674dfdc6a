import type { GraphBuilder, Value } from '../build/builder.js';
import { range } from '../build/indices.js';
import { list } from '../graph/list.js';
import { type Rule, rule, type VjpContext } from './rule.js';
import { fitAxis, onesided, type Size, scaleBySize, sizeOfAxis, sizeValue } from './transform-axis.js';
import { dft } from './transform-fourier.js';

interface StftAttributes {
  readonly onesided: boolean;
}

/**
 * Transforms of frames of a real signal [rows, length, 1], one every `step` positions, each times a window: y[f, k] = Σ x[f·step + n] · window[n] · exp(−2πikn/N).
 * Each frame's cotangent is N times its inverse transform; frames are added up where they overlap.
 */
export const stftRule: Rule = rule('STFT', {
  since: 17,
  attributes: (a): StftAttributes => ({ onesided: a.int('onesided', 1) !== 0 }),
  inputs: [0, 2],
  vjp: (c, input) => {
    const { b, x } = c;
    if (c.rank(x) !== 3 || c.dims(x)[2] !== 1) throw c.refuse('the signal', `of shape [${c.dims(x)}]`, '[rows, length, 1]: real numbers');
    const length = frameLength(c);
    const places = positionsOfFrames(c, length);
    const arriving = frameCotangents(c, length);
    const window = c.optional(2);
    if (input === 2) {
      const frames = b.gather(b.squeeze(x, [2]), places, 1);
      const products = b.mul(frames, b.reshape(arriving, [0, -1]));
      return b.sum(b.reshape(products, b.concat([b.ints([-1]), sizeValue(b, length)], 0)), [0], false);
    }
    const flat = b.reshape(window === undefined ? arriving : b.mul(arriving, window), [0, -1]);
    const zeros = b.expand(b.scalar(0, x), b.concat([b.sizes(flat, 0, 1), sizeValue(b, sizeOfAxis(b, x, 1))], 0));
    const added = b.node('ScatterElements', [zeros, b.expand(places, b.shape(flat)), flat], { axis: 1, reduction: 'add' });
    return b.unsqueeze(added, [2]);
  },
});

/** Positions of a frame: as the input says, else those of the window. */
function frameLength(c: VjpContext<StftAttributes>): Size {
  const { b } = c;
  const given = c.optional(3);
  return given === undefined ? sizeOfAxis(b, c.input(2), 0) : sizeOf(b, given);
}

/** A size that an input says. */
function sizeOf(b: GraphBuilder, input: Value): Size {
  return b.graph.constant(input)?.data[0] ?? b.reshape(b.cast(input, 'int64'), [1]);
}

/** Where in the signal each position of each frame lies: [frames · positions]. */
function positionsOfFrames(c: VjpContext<StftAttributes>, length: Size): Value {
  const { b } = c;
  const counted = (size: Size) => (typeof size === 'number' ? b.ints(list(size, (index) => index)) : range(b, 0, size, 1));
  const begins = b.mul(counted(sizeOfAxis(b, c.y, 1)), sizeValue(b, sizeOf(b, c.input(1))));
  return b.reshape(b.add(b.unsqueeze(begins, [1]), counted(length)), [-1]);
}

/** [rows, frames, positions]: real parts of N · inverse transform of g. */
function frameCotangents(c: VjpContext<StftAttributes>, length: Size): Value {
  const { b, g, attributes } = c;
  const whole = attributes.onesided ? fitAxis(b, g, 4, 2, onesided(b, length), length) : g;
  return b.squeeze(b.slice(scaleBySize(b, dft(b, whole, 2, { inverse: 1 }), length, false), 3, 0, 1), [3]);
}
