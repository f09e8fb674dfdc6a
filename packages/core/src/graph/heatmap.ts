import type { GraphBuilder, Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Fusion } from '../explain/heatmap.js';
import type { ImageInput } from '../model/input.js';
import type { Dimension } from '../runtime/runtime.js';

/** A signed map [R, h, w] and its height and width. */
export interface SignedMap {
  readonly map: Value;
  readonly space: readonly [height: Dimension, width: Dimension];
}

/** Below this a maximum counts as 0: the smallest normal float32. */
const TINY = 1.18e-38;

/**
 * The heatmap of signed maps, as `heatmapOf` computes it from what a run returned, in the graph: ReLU, resized to the network's input (linear, half-pixel centres, edges clamped), each map
 * divided by its own maximum. Several maps (layers) are fused and divided again. A map without positive evidence stays 0.
 *
 * @returns [R, H, W] in [0, 1]
 */
export function appendHeatmap(b: GraphBuilder, maps: readonly SignedMap[], input: ImageInput, fusion: Fusion = 'mean'): Value {
  const scaled = maps.map(({ map, space }) => normalised(b, resized(b, b.relu(map), space, input)));
  const [first, ...others] = scaled;
  if (first === undefined) throw new GradcamError('no-layer', 'a heatmap needs at least one layer');
  if (others.length === 0) return first;
  return normalised(b, others.reduce(fused[fusion](b), first));
}

/** Two maps as one; the mean as a sum, which is divided by its maximum. */
const fused: Readonly<Record<Fusion, (b: GraphBuilder) => (one: Value, other: Value) => Value>> = {
  mean: (b) => (one, other) => b.add(one, other),
  // max(x, y) = x + max(y − x, 0): Max broadcasts from operator set 8 on, these from 7.
  max: (b) => (one, other) => (b.opset < 8 ? b.add(one, b.relu(b.sub(other, one))) : b.node('Max', [one, other])),
  product: (b) => (one, other) => b.mul(one, other),
};

/** x / max x of each row, 0 where the maximum is 0. x: [R, H, W], nowhere negative. */
function normalised(b: GraphBuilder, x: Value): Value {
  return b.div(x, b.atLeast(b.max(x, [1, 2]), TINY));
}

/**
 * A map [R, h, w] at the size of the picture. Linear interpolation is linear: a matrix for the rows and one for the columns. Matrix products are the fastest way on every
 * backend and the same in every operator set; where a size is open, Resize does the same.
 */
export function resized(b: GraphBuilder, x: Value, [h, w]: SignedMap['space'], input: ImageInput): Value {
  const { height, width } = input;
  if (h === height && w === width) return x;
  if (typeof h === 'number' && typeof w === 'number' && typeof height === 'number' && typeof width === 'number') {
    const rows = interpolation(b, h, height, 'rows', x);
    // The matrix of a square map serves twice.
    const columns = h === w && height === width ? b.transpose(rows, [1, 0]) : interpolation(b, w, width, 'columns', x);
    return b.matmul(b.matmul(rows, x), columns);
  }
  if (b.opset < 11)
    throw new GradcamError(
      'unsupported-model',
      `the heatmap's resizing needs operator set 11 for an input of open size, but the model imports ${b.opset}; fix the input's size, or convert the model with onnx.version_converter`,
    );
  const axis = input.layout === 'NCHW' ? 2 : 1;
  const sizes = b.concat([b.sizes(x, 0, 1), b.ints([1]), b.sizes(input.name, axis, axis + 2)], 0);
  // Operator sets 11 and 12 want the unused inputs present.
  const unused = b.opset < 13 ? b.constant('float32', [0], []) : '';
  const planes = b.unsqueeze(x, [1]);
  const large = b.node('Resize', [planes, unused, unused, sizes], { mode: 'linear', coordinate_transformation_mode: 'half_pixel' });
  return b.squeeze(large, [1]);
}

/**
 * The matrix of linear interpolation with half-pixel centres and clamped edges, [to, from] to multiply rows, [from, to] to multiply
 * columns: output i lies at pᵢ = clamp((i + ½) · from / to − ½) of the input, and takes input j with weight max(0, 1 − |pᵢ − j|).
 * Written as nodes on a few constants, which keep a file small and which the runtime computes when it loads the model; as numbers
 * before operator set 11, which has no Range of floating-point numbers.
 */
function interpolation(b: GraphBuilder, from: number, to: number, of: 'rows' | 'columns', like: Value): Value {
  const type = b.typeOf(like);
  if (b.opset < 11) {
    const [height, width] = of === 'rows' ? [to, from] : [from, to];
    const matrix = new Array<number>(from * to).fill(0);
    for (let output = 0; output < to; output++) {
      const position = Math.min(Math.max(((output + 0.5) * from) / to - 0.5, 0), from - 1);
      const below = Math.floor(position);
      for (const input of [below, Math.min(below + 1, from - 1)])
        matrix[of === 'rows' ? output * from + input : input * to + output] = 1 - Math.abs(position - input);
    }
    return b.constant(type, [height, width], matrix);
  }
  const float = (value: number) => b.constant('float32', [], [value]);
  const centres = b.node('Range', [float(0.5), float(to), float(1)]);
  const positions = b.node('Clip', [b.shift(b.scale(centres, from / to), -0.5), float(0), float(from - 1)]);
  const inputs = b.node('Range', [float(0), float(from), float(1)]);
  const distance = of === 'rows' ? b.sub(b.unsqueeze(positions, [1]), inputs) : b.sub(positions, b.unsqueeze(inputs, [1]));
  return b.cast(b.relu(b.sub(float(1), b.abs(distance))), type);
}
