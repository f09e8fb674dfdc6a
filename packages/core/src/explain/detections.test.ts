import { describe, expect, it } from 'vitest';
import type { BoxLayout } from '../model/detector.js';
import type { BoxScores } from '../model/score.js';
import { detectionsOf } from './detections.js';

/** Input 64 × 64: cells of strides 8, 16 and 32. Box 65 is the second of stride 16: x = 1, y = 0. */
const SIZE = { width: 64, height: 64 };
const BOXES = 64 + 16 + 4;

const scores = (layout: BoxLayout, axis: 1 | 2 = 2): BoxScores => ({
  kind: 'boxes',
  output: 'boxes',
  logits: 'boxes',
  activation: 'none',
  classes: layout.count,
  axis,
  boxes: BOXES,
  layout,
});

const yolox: BoxLayout = { form: 'cell', box: 0, numbers: 4, objectness: 4, classes: 5, count: 2, logits: false };

/** An output that is 0 but for some boxes. */
function output(boxes: Readonly<Record<number, readonly number[]>>, length: number, count = BOXES): Float32Array {
  const numbers = new Float32Array(count * length);
  for (const [box, values] of Object.entries(boxes)) numbers.set(values, Number(box) * length);
  return numbers;
}

describe('boxes', () => {
  it('of YOLOX: centre and size in strides of the cell, objectness × class', () => {
    const [found, ...more] = detectionsOf(output({ 65: [0.5, 0.25, Math.log(2), Math.log(3), 0.9, 0.1, 0.8] }, 7), scores(yolox), SIZE);
    expect(more).toEqual([]);
    // Centre (1.5, 0.25) · 16 = (24, 4), size (2, 3) · 16 = 32 × 48.
    expect(found).toMatchObject({ index: 65, class: 1 });
    expect([found?.score, found?.left, found?.top, found?.right, found?.bottom].map((value) => value?.toFixed(3))).toEqual(
      [0.72, 8, -20, 40, 28].map((value) => value.toFixed(3)),
    );
  });

  it('of NanoDet: distances as the mean of their distribution, from the centre of the cell', () => {
    const bins = 4;
    const layout: BoxLayout = { form: 'distances', box: 2, numbers: 16, objectness: undefined, classes: 0, count: 2, logits: false };
    // All of the mass at one bin: 1, 0, 2 and 3 strides; and a distance between 1 and 2 in equal parts.
    const at = (...where: number[]) => Array.from({ length: bins }, (_, bin) => (where.includes(bin) ? 50 : -50));
    const numbers = output({ 65: [0.1, 0.6, ...at(1), ...at(0), ...at(2), ...at(1, 2)] }, 18);
    const [found] = detectionsOf(numbers, scores(layout), SIZE);
    // Centre (1.5, 0.5) · 16 = (24, 8).
    expect(found).toMatchObject({ index: 65, class: 1, left: 8, top: 8, right: 56, bottom: 32 });
    // With a fourth scale, 64, it is NanoDet-Plus, which measures from the corner: (16, 0).
    const plus = output({ 65: [0.1, 0.6, ...at(1), ...at(0), ...at(2), ...at(1, 2)] }, 18, BOXES + 1);
    const [other] = detectionsOf(plus, scores(layout), SIZE);
    expect([other?.left, other?.top, other?.right, other?.bottom].map((value) => value?.toFixed(3))).toEqual([
      '0.000',
      '-0.000',
      '48.000',
      '24.000',
    ]);
  });

  it('in pixels, with the numbers of each box first', () => {
    const layout: BoxLayout = { form: 'pixels', box: 0, numbers: 4, objectness: undefined, classes: 4, count: 2, logits: false };
    // Two boxes, [numbers, boxes]: the second is found.
    const numbers = Float32Array.from([0, 30, 0, 20, 0, 10, 0, 8, 0, 0.5, 0, 0.25]);
    expect(detectionsOf(numbers, scores(layout, 1), SIZE)).toEqual([
      { index: 1, class: 0, score: 0.5, left: 25, top: 16, right: 35, bottom: 24 },
    ]);
  });

  it('come best first; of one class only the best of those that overlap by more than 0.45', () => {
    const box = (x: number, objectness: number, ...classes: [number, number]) => [x, 0, Math.log(4), Math.log(4), objectness, ...classes];
    // Side 4 strides: moved by one, the overlap is 3 / 5 of both together; by two, 2 / 6.
    const numbers = output(
      { 64: box(0, 0.8, 1, 0), 65: box(0, 0.9, 1, 0), 66: box(0, 0.7, 0, 1), 67: box(0, 0.6, 1, 0), 68: box(0, 0.2, 1, 0) },
      7,
    );
    expect(detectionsOf(numbers, scores(yolox), SIZE).map(({ index }) => index)).toEqual([65, 66, 67]);
  });

  it('of logits are as probable as their sigmoid', () => {
    const [found] = detectionsOf(output({ 65: [0, 0, 0, 0, 3, -9, 2] }, 7), scores({ ...yolox, logits: true }), SIZE);
    // σ(3) · σ(2)
    expect(found?.score).toBeCloseTo(0.9525741 * 0.8807971, 5);
  });

  it('that belong to no grid are refused', () => {
    expect(() => detectionsOf(new Float32Array(7 * 50), scores(yolox), SIZE)).toThrow(
      "expected as many boxes as cells of strides 8, 16, 32 (and 64) on 64 × 64 pixels, but output 'boxes' has 50",
    );
  });
});
