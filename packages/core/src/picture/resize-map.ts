import { checkHeatmap, checkSize } from './check.js';
import type { Heatmap } from './image.js';

/** For one axis: the two source positions each output position lies between, and how far it is on the way to the second. */
export interface LinearAxis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
  /** The first and last output position between each two source positions: what is blended linearly has its extremes there. */
  readonly turns: readonly number[];
}

/** Positions `start + step · i` on a grid of `source` values, clamped to its edges. */
export function linearAxis(source: number, length: number, start: number, step: number): LinearAxis {
  const low = new Int32Array(length);
  const high = new Int32Array(length);
  const share = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = Math.min(Math.max(start + step * i, 0), source - 1);
    const floor = Math.floor(at);
    low[i] = floor;
    high[i] = Math.min(floor + 1, source - 1);
    share[i] = at - floor;
  }
  const turns: number[] = [];
  for (let i = 0; i < length; i++) if (low[i] !== low[i - 1] || low[i] !== low[i + 1]) turns.push(i);
  return { low, high, share, turns };
}

/**
 * A map sampled bilinearly at the crossings of two axes.
 *
 * @param out written from `offset` on, one row every `stride` values
 */
export function sampleMap(map: Heatmap, columns: LinearAxis, rows: LinearAxis, out: Float32Array, offset: number, stride: number): void {
  blendRows(stretchRows(Float64Array.from(map.data), map.width, columns), columns.low.length, rows, out, offset, stride);
}

/** The same, row by row: `visit` is given the number of a row and its values, which it must not keep. What is at hand stays in the processor's nearest memory. */
export function sampleRows(map: Heatmap, columns: LinearAxis, rows: LinearAxis, visit: (row: number, values: Float32Array) => void): void {
  const across = columns.low.length;
  const values = new Float32Array(across);
  // Two rows of the map, stretched: the next two are often the lower one of these and one more.
  let above = { row: -1, values: new Float64Array(across) };
  let below = { row: -1, values: new Float64Array(across) };
  const stretch = (row: number, into: typeof above) => {
    if (into.row !== row) stretchRow(map.data, row * map.width, columns, into.values, 0);
    into.row = row;
  };
  for (let y = 0; y < rows.low.length; y++) {
    const upper = rows.low[y] as number;
    if (above.row !== upper && below.row === upper) [above, below] = [below, above];
    stretch(upper, above);
    stretch(rows.high[y] as number, below);
    blendRow(above.values, below.values, rows.share[y] as number, values);
    visit(y, values);
  }
}

function blendRow(above: Float64Array, below: Float64Array, share: number, out: Float32Array): void {
  for (let x = 0; x < out.length; x++) {
    const value = above[x] as number;
    out[x] = value + ((below[x] as number) - value) * share;
  }
}

/** The rows of a map of this width, each as long as the axis. */
function stretchRows(data: Float64Array, width: number, columns: LinearAxis): Float64Array {
  const height = data.length / width;
  const length = columns.low.length;
  const out = new Float64Array(height * length);
  for (let y = 0; y < height; y++) stretchRow(data, y * width, columns, out, y * length);
  return out;
}

/** The row that begins at `from`, as long as the axis, into `out` from `to` on. */
function stretchRow(data: Float32Array | Float64Array, from: number, columns: LinearAxis, out: Float64Array, to: number): void {
  const { low, high, share } = columns;
  for (let x = 0; x < low.length; x++) {
    const left = data[from + (low[x] as number)] as number;
    const right = data[from + (high[x] as number)] as number;
    out[to + x] = left + (right - left) * (share[x] as number);
  }
}

/** Rows of a picture that are blended at a time where they lie between the same two rows of the map. */
const TOGETHER = 4;

/**
 * Blends pairs of rows. The inner loops run once for each pixel of a picture, on each explanation: numbers of the map are read once for
 * several rows, which takes less than half the time of row after row.
 */
function blendRows(
  stretched: Float64Array,
  across: number,
  rows: Omit<LinearAxis, 'turns'>,
  out: Float32Array,
  offset: number,
  stride: number,
): void {
  const { low, high, share } = rows;
  for (let y = 0; y < low.length; ) {
    const upper = (low[y] as number) * across;
    const lower = (high[y] as number) * across;
    const to = offset + y * stride;
    const last = y + TOGETHER - 1;
    if (low[last] === low[y] && high[last] === high[y]) {
      const first = share[y] as number;
      const second = share[y + 1] as number;
      const third = share[y + 2] as number;
      const fourth = share[last] as number;
      for (let x = 0, at = to; x < across; x++, at++) {
        const above = stretched[upper + x] as number;
        const fall = (stretched[lower + x] as number) - above;
        out[at] = above + fall * first;
        out[at + stride] = above + fall * second;
        out[at + 2 * stride] = above + fall * third;
        out[at + 3 * stride] = above + fall * fourth;
      }
      y += TOGETHER;
    } else {
      const down = share[y] as number;
      for (let x = 0; x < across; x++) {
        const above = stretched[upper + x] as number;
        out[to + x] = above + ((stretched[lower + x] as number) - above) * down;
      }
      y++;
    }
  }
}

/** The smallest and largest number of what `blendRows` would write: what is blended linearly has its extremes where it turns. */
function rangeOfBlend(stretched: Float64Array, columns: LinearAxis, rows: LinearAxis): Range {
  const across = columns.low.length;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const y of rows.turns) {
    const upper = (rows.low[y] as number) * across;
    const lower = (rows.high[y] as number) * across;
    const down = rows.share[y] as number;
    for (const x of columns.turns) {
      const above = stretched[upper + x] as number;
      const value = above + ((stretched[lower + x] as number) - above) * down;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return { least, most };
}

/** The smallest and largest of some numbers. */
interface Range {
  readonly least: number;
  readonly most: number;
}

/** A map sampled bilinearly at the crossings of two axes, which is written when it is known how it is to be scaled. */
export interface Sampled extends Range {
  /** Writes all, row after row: (value − least) · scale. */
  readonly write: (out: Float32Array, scale: number) => void;
}

/** Scales rows before they are blended: the numbers of a picture are written once and read not at all. */
export function sampleScaled(map: Heatmap, columns: LinearAxis, rows: LinearAxis): Sampled {
  const across = columns.low.length;
  const stretched = stretchRows(Float64Array.from(map.data), map.width, columns);
  const { least, most } = rangeOfBlend(stretched, columns, rows);
  const write = (out: Float32Array, scale: number) => {
    const scaled = stretched.map((value) => (value - least) * scale);
    blendRows(scaled, across, rows, out, 0, across);
  };
  return { least, most, write };
}

/** A map is spread over a picture: half-pixel centres, edges clamped. */
function spread(source: number, length: number): LinearAxis {
  const step = source / length;
  return linearAxis(source, length, step / 2 - 0.5, step);
}

/** The axes on which maps of a size are spread over pictures of a size. */
interface Grid {
  readonly width: number;
  readonly height: number;
  readonly columns: LinearAxis;
  readonly rows: LinearAxis;
}

/** The grid that was asked for last: explanations of one network ask for the same again and again. */
let latest: Grid | undefined;

function gridOf(map: Heatmap, width: number, height: number): Grid {
  checkHeatmap(map);
  const isLatest =
    latest?.width === map.width && latest.height === map.height && latest.columns.low.length === width && latest.rows.low.length === height;
  if (latest === undefined || !isLatest) {
    checkSize(width, height);
    latest = { width: map.width, height: map.height, columns: spread(map.width, width), rows: spread(map.height, height) };
  }
  return latest;
}

/**
 * Resizes a map bilinearly: half-pixel centres, edges clamped, no antialiasing. This is ONNX's Resize with mode `linear` and
 * coordinate transformation `half_pixel`, and OpenCV's INTER_LINEAR.
 * @throws GradcamError `invalid-tensor`, `invalid-image`
 */
export function resizeMap(map: Heatmap, width: number, height: number): Heatmap {
  const { columns, rows } = gridOf(map, width, height);
  const data = new Float32Array(width * height);
  sampleMap(map, columns, rows, data, 0, width);
  return { width, height, data };
}

/**
 * The positive part of a map, resized as `resizeMap` does, then divided by its maximum where that is over 0. What is divided are rows that are not yet
 * blended: the picture's pixels are written once and read not at all, since this runs on each explanation.
 * @throws GradcamError `invalid-tensor`, `invalid-image`
 */
export function resizeToUnit(map: Heatmap, width: number, height: number): Heatmap {
  const { columns, rows } = gridOf(map, width, height);
  const positive = new Float64Array(map.data.length);
  for (let i = 0; i < positive.length; i++) positive[i] = Math.max(map.data[i] as number, 0);
  const stretched = stretchRows(positive, map.width, columns);
  const { most } = rangeOfBlend(stretched, columns, rows);
  if (most > 0) {
    const scale = 1 / most;
    for (let i = 0; i < stretched.length; i++) stretched[i] = (stretched[i] as number) * scale;
  }
  const data = new Float32Array(width * height);
  blendRows(stretched, width, rows, data, 0, width);
  return { width, height, data };
}
