import type { Value } from '../build/builder.js';
import { type Rule, type RuleContext, rule, type VjpContext } from './rule.js';
import { fitAxis, onesided, sizeOfAxis } from './transform-axis.js';
import { dft } from './transform-fourier.js';

interface StftAttributes {
  readonly onesided: boolean;
}

/**
 * Transforms of frames of a real signal [rows, length, 1], one every `step` positions, each times a window: y[f, k] = Σ x[f·step + n] · window[n] · exp(−2πikn/N).
 * Each frame's cotangent is N times its inverse transform; adding the frames up where they overlap is a transposed convolution.
 */
export const stftRule: Rule = rule('STFT', {
  since: 17,
  attributes: (a): StftAttributes => ({ onesided: a.int('onesided', 1) !== 0 }),
  inputs: [0, 2],
  rows: ({ wanted }) => wanted.size === 1 && wanted.has(0),
  vjp: (c, input) => {
    const { b, x } = c;
    if (c.rank(x) !== 3 || c.dims(x)[2] !== 1) throw c.refuse('the signal', `of shape [${c.dims(x)}]`, '[rows, length, 1]: real numbers');
    const length = frameLength(c);
    const strides = [c.constantInts(1)?.[0] ?? 1];
    // One channel for each position of a frame.
    const positions = b.unsqueeze(b.node('EyeLike', [b.expand(b.scalar(0, x), b.ints([length, length]))]), [1]);
    const arriving = frameCotangents(c, length);
    if (input === 2) {
      const frames = b.node('Conv', [b.transpose(x, [0, 2, 1]), positions], { strides });
      return b.sum(b.mul(arriving, b.transpose(frames, [0, 2, 1])), [0, 1], false);
    }
    const window = c.optional(2);
    const windowed = window === undefined ? arriving : b.mul(arriving, window);
    const added = b.node('ConvTranspose', [b.transpose(windowed, [0, 2, 1]), positions], { strides });
    const covered = b.sizes(added, 2, 3);
    return b.transpose(fitAxis(b, added, 3, 2, covered, sizeOfAxis(b, x, 1)), [0, 2, 1]);
  },
});

/** Positions of a frame: as the input says, else those of the window. */
function frameLength(c: RuleContext<StftAttributes>): number {
  const window = c.optional(2);
  const length = c.constantInts(3)?.[0] ?? (window === undefined ? undefined : c.dims(window)[0]);
  if (typeof length === 'number') return length;
  throw c.refuse('the length of a frame', `${length ?? 'unknown'}`, 'fixed');
}

/** [rows, frames, positions]: real parts of N · inverse transform of g. */
function frameCotangents(c: VjpContext<StftAttributes>, length: number): Value {
  const { b, g, attributes } = c;
  const whole = attributes.onesided ? fitAxis(b, g, 4, 2, onesided(b, length), length) : g;
  return b.squeeze(b.slice(b.scale(dft(b, whole, 2, { inverse: 1 }), length), 3, 0, 1), [3]);
}
