import { GradcamError } from '../errors.js';
import type { BoxScores } from '../model/score.js';
import type { Size } from './tensors.js';

/** A box that a detector found, in pixels of the network's input. */
export interface Detection {
  /** Which box of the output it is: what a target of one box takes. */
  readonly index: number;
  readonly class: number;
  /** Objectness × class score where the detector has both, else the class score. */
  readonly score: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Scores below this are no detections. */
const LEAST_SCORE = 0.25;
/** Of boxes of one class that overlap by more (intersection over union), only the best is kept. */
const MOST_OVERLAP = 0.45;

/** Steps of the cells of each scale, in pixels of the input: those of YOLOX and NanoDet, and of NanoDet-Plus, which has one more. */
const STRIDES: readonly (readonly number[])[] = [
  [8, 16, 32],
  [8, 16, 32, 64],
];

/** A cell of one of the grids to which boxes belong: its corner in strides, and the stride. */
interface Cell {
  readonly x: number;
  readonly y: number;
  readonly stride: number;
  /** Where the cell's own point is: its corner, or its centre. */
  readonly point: 0 | 0.5;
}

/**
 * What a detector found: boxes with a score of at least 0.25, the best first, without those that overlap a better one of their class.
 *
 * @param numbers one row of the output
 * @throws GradcamError `unsupported-model` where boxes belong to cells, and there are not as many as the strides 8, 16, 32 (and 64) give
 */
export function detectionsOf(numbers: Float32Array, scores: BoxScores, size: Size): Detection[] {
  const { layout, axis } = scores;
  const length = layout.numbers + layout.count + (layout.objectness === undefined ? 0 : 1);
  const boxes = numbers.length / length;
  const at = (box: number, index: number) => numbers[axis === 2 ? box * length + index : index * boxes + box] ?? Number.NaN;
  const probability = (value: number) => (layout.logits ? 1 / (1 + Math.exp(-value)) : value);
  const cells = layout.form === 'pixels' ? [] : cellsOf(scores, boxes, size);
  const found: Detection[] = [];
  for (let box = 0; box < boxes; box++) {
    const [objectness, best] = [layout.objectness === undefined ? 1 : probability(at(box, layout.objectness)), bestClass(box)];
    const score = objectness * best.score;
    if (score < LEAST_SCORE) continue;
    const [left, top, right, bottom] = rectangle((index) => at(box, layout.box + index), layout, cells[box]);
    found.push({ index: box, class: best.class, score, left, top, right, bottom });
  }
  return withoutOverlaps(found.sort((one, other) => other.score - one.score));

  function bestClass(box: number) {
    let best = { class: 0, score: Number.NEGATIVE_INFINITY };
    for (let index = 0; index < layout.count; index++) {
      const score = probability(at(box, layout.classes + index));
      if (score > best.score) best = { class: index, score };
    }
    return best;
  }
}

type Rectangle = readonly [left: number, top: number, right: number, bottom: number];

function rectangle(at: (index: number) => number, { form, numbers }: BoxScores['layout'], cell?: Cell): Rectangle {
  const { x, y, stride, point } = cell ?? { x: 0, y: 0, stride: 1, point: 0 };
  if (form === 'distances') {
    const bins = numbers / 4;
    const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => expected((bin) => at(side * bins + bin), bins) * stride);
    const [centreX, centreY] = [(x + point) * stride, (y + point) * stride];
    return [centreX - (left ?? 0), centreY - (top ?? 0), centreX + (right ?? 0), centreY + (bottom ?? 0)];
  }
  const [centreX, centreY] = [(x + at(0)) * stride, (y + at(1)) * stride];
  const [width, height] = form === 'cell' ? [Math.exp(at(2)) * stride, Math.exp(at(3)) * stride] : [at(2), at(3)];
  return [centreX - width / 2, centreY - height / 2, centreX + width / 2, centreY + height / 2];
}

/** Σ i · softmax(logits)ᵢ */
function expected(logit: (bin: number) => number, bins: number): number {
  const logits = Array.from({ length: bins }, (_, bin) => logit(bin));
  const highest = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.reduce((mean, power, bin) => mean + (bin * power) / sum, 0);
}

/** The cells of all grids, scale by scale, row by row. */
function cellsOf({ output, layout }: BoxScores, boxes: number, { width, height }: Size): Cell[] {
  for (const strides of STRIDES) {
    // NanoDet-Plus, with its fourth scale, measures distances from the corner of a cell; NanoDet from its centre.
    const point = layout.form === 'distances' && strides.length === 3 ? 0.5 : 0;
    const cells = strides.flatMap((stride) => {
      const [columns, rows] = [Math.ceil(width / stride), Math.ceil(height / stride)];
      return Array.from(
        { length: columns * rows },
        (_, cell) => ({ x: cell % columns, y: Math.floor(cell / columns), stride, point }) as const,
      );
    });
    if (cells.length === boxes) return cells;
  }
  throw new GradcamError(
    'unsupported-model',
    `expected as many boxes as cells of strides 8, 16, 32 (and 64) on ${width} × ${height} pixels, but output '${output}' has ${boxes}`,
  );
}

/** @param sorted the best first */
function withoutOverlaps(sorted: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const box of sorted) {
    if (!kept.some((better) => better.class === box.class && overlap(better, box) > MOST_OVERLAP)) kept.push(box);
  }
  return kept;
}

/** Intersection over union. */
function overlap(one: Detection, other: Detection): number {
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  const shared = Math.max(0, width) * Math.max(0, height);
  const area = ({ left, top, right, bottom }: Detection) => (right - left) * (bottom - top);
  return shared / (area(one) + area(other) - shared);
}
