import type { GraphBuilder, Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { ImageInput } from '../model/input.js';

/** Below this a maximum counts as 0: the smallest normal float32, and for float16 the smallest that it holds. */
const TINY = { float32: 1.18e-38, float64: 1.18e-38, bfloat16: 1.18e-38, float16: 6e-8 } as const;

/**
 * The heatmap of signed maps: ReLU, resized to the network's input (linear, half-pixel centres, edges clamped), each map
 * divided by its own maximum. Several maps (layers) are averaged and divided again. A map without positive evidence stays 0.
 *
 * @param maps each [R, h, w]
 * @returns [R, H, W] in [0, 1]
 */
export function appendHeatmap(
  b: GraphBuilder,
  maps: readonly Value[],
  input: ImageInput,
  spaces: readonly (readonly [height: number | string, width: number | string])[],
): Value {
  const scaled = maps.map((map, index) => {
    const evidence = b.unsqueeze(b.relu(map), [1]);
    const space = spaces[index];
    const same = space !== undefined && space[0] === input.height && space[1] === input.width;
    return normalised(b, same ? evidence : resized(b, evidence, input, space));
  });
  const [first, ...others] = scaled;
  if (first === undefined) throw new GradcamError('no-layer', 'a heatmap needs at least one layer');
  const fused =
    others.length === 0
      ? first
      : normalised(
          b,
          others.reduce((sum, map) => b.add(sum, map), first),
        );
  return b.squeeze(fused, [1]);
}

/** x / max x of each row, 0 where the maximum is 0. x: [R, 1, H, W], nowhere negative. */
function normalised(b: GraphBuilder, x: Value): Value {
  const type = b.typeOf(x);
  const tiny = type in TINY ? TINY[type as keyof typeof TINY] : TINY.float32;
  return b.div(x, b.atLeast(b.max(x, [1, 2, 3]), tiny));
}

function resized(b: GraphBuilder, x: Value, input: ImageInput, space: readonly [number | string, number | string] | undefined): Value {
  if (b.opset < 11) return interpolated(b, x, input, space);
  const [height, width] = input.layout === 'NCHW' ? [2, 3] : [1, 2];
  const fixed =
    typeof input.height === 'number' && typeof input.width === 'number'
      ? b.ints([input.height, input.width])
      : b.sizes(input.name, height, width + 1);
  const sizes = b.concat([b.sizes(x, 0, 2), fixed], 0);
  // Operator sets 11 and 12 want the unused inputs present.
  const unused = b.opset < 13 ? b.constant('float32', [0], []) : '';
  return b.node('Resize', [x, unused, unused, sizes], { mode: 'linear', coordinate_transformation_mode: 'half_pixel' });
}

/** The same resizing as two matrix products, for operator sets whose Resize has no half-pixel centres: rows, then columns. */
function interpolated(b: GraphBuilder, x: Value, input: ImageInput, space: readonly [number | string, number | string] | undefined): Value {
  const sizes = [space?.[0], input.height, space?.[1], input.width];
  const [h, height, w, width] = sizes;
  if (typeof h !== 'number' || typeof height !== 'number' || typeof w !== 'number' || typeof width !== 'number')
    throw new GradcamError(
      'unsupported-model',
      `the heatmap's resizing needs operator set 11 for an input of open size, but the model imports ${b.opset}; fix the input's size, or convert the model with onnx.version_converter`,
    );
  const type = b.typeOf(x);
  const rows = b.constant(type, [height, h], interpolation(h, height));
  const columns = b.transpose(b.constant(type, [width, w], interpolation(w, width)), [1, 0]);
  return b.matmul(b.matmul(rows, x), columns);
}

/** Matrix [to, from] of linear interpolation with half-pixel centres and clamped edges. */
function interpolation(from: number, to: number): number[] {
  const matrix = new Array<number>(from * to).fill(0);
  for (let row = 0; row < to; row++) {
    const position = Math.min(Math.max(((row + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    const weight = position - low;
    matrix[row * from + low] = 1 - weight;
    if (weight > 0) matrix[row * from + low + 1] = weight;
  }
  return matrix;
}
