import { dequantized, type GraphBuilder, gradient, type Learn, OnnxGradError, stepOf, type Value } from 'onnx-grad';
import type { Place } from '../layers/layout.js';
import type { Chosen, MethodContext } from '../methods/method.js';
import type { ImageInput } from '../model/input.js';
import { attentionContext } from './attention.js';
import { channelsFirst } from './channels-first.js';
import { resized, type SignedMap } from './heatmap.js';

/** What is the same for every method and place. */
export interface Surroundings {
  readonly b: GraphBuilder;
  readonly input: ImageInput;
  readonly seed: number;
  /** Tells the facts of the graph with new nodes. */
  readonly learn: Learn;
}

/** y, [R], and its gradients by values of the graph. */
export interface Scored {
  readonly score: Value;
  readonly gradients: ReadonlyMap<Value, Value>;
}

/**
 * What a method may use of one place.
 *
 * @param chosen what the method chose, where it does
 * @param scored y, and its gradients by values in their own layout, for methods that read them
 */
export function contextOf(
  { b, input, seed, learn }: Surroundings,
  { name, layout }: Place,
  chosen: Chosen | undefined,
  scored: Scored | undefined,
): MethodContext {
  const first = (value: Value) => channelsFirst(b, wide(b, value), layout);
  const gradientOf = (value: Value) => {
    const found = scored?.gradients.get(value);
    if (found === undefined) throw new RangeError(`no method that reads the gradient of '${value}' said so`);
    return found;
  };
  const context = {
    b,
    get activations() {
      return first(dequantized(b, name));
    },
    get gradients() {
      return first(byReals(b, name, gradientOf(name)));
    },
    get score() {
      if (scored === undefined) throw new RangeError('a method that said to read no gradient reads the score');
      return wide(b, scored.score);
    },
    gradientOf,
    reads: chosen?.reads ?? [],
    resized: (map: Value, like: Value) => {
      const [, , height = '', width = ''] = b.facts.dims(like);
      return resized(b, map, [height, width], input);
    },
    channels: layout.channels,
    seed,
    get attention() {
      if (chosen?.attention === undefined) throw new RangeError('a method that chose no attention reads it');
      return attentionContext(b, chosen.attention, (value) => wide(b, value), gradientOf);
    },
    weightedSum: (weights: Value) => sumChannels(b, weights, context.activations, layout.grid),
    curvature: async () => first(await alongActivations(b, name, gradientOf(name), learn)),
  };
  return context;
}

/** H·A: the gradient of ⟨G, A⟩ with A held fixed in the product. */
async function alongActivations(b: GraphBuilder, layer: Value, cotangent: Value, learn: Learn): Promise<Value> {
  await b.extend(learn);
  // Quantised numbers move by steps: A in steps here, and the result by real numbers.
  const direction = byReals(b, layer, dequantized(b, layer));
  try {
    return byReals(b, layer, gradient(b, new Map([[cotangent, direction]]), [layer]).get(layer) ?? '');
  } catch (error) {
    // G does not depend on A at all: the network is linear from there on.
    if (error instanceof OnnxGradError && error.code === 'no-gradient') return b.zerosLike(cotangent);
    throw error;
  }
}

/** The gradient of a layer by the real numbers for which it stands: divided by the step of a quantised one. */
function byReals(b: GraphBuilder, layer: Value, cotangent: Value): Value {
  const step = stepOf(b, layer);
  return step === undefined ? cotangent : b.div(cotangent, step);
}

/** Numbers of 16 bits as float32: weights are means over many positions, and half of them would be 0. */
function wide(b: GraphBuilder, value: Value): Value {
  return b.typeOf(value) === 'float64' ? value : b.cast(value, 'float32');
}

/**
 * Σₖ wₖ Aₖ of weights [R, C, 1, 1] and activations [batch, C, h, w]: one matrix product, which reads the activations once. By what all channels
 * are multiplied, the map is instead; for SqueezeNet the product is then its class map, which its gradient has read already.
 */
function sumChannels(b: GraphBuilder, weights: Value, activations: Value, space: SignedMap['space']): Value {
  const common = b.rowFactor(weights);
  const sum = b.matmul(b.reshape(common?.x ?? weights, [0, 1, -1]), b.reshape(activations, [0, 0, -1]));
  const fixed = space.filter((size) => typeof size === 'number');
  const onGrid = (value: Value, before: readonly number[]) =>
    b.reshape(value, fixed.length === 2 ? [...before, ...fixed] : b.concat([b.ints(before), b.sizes(activations, 2)], 0));
  if (common === undefined) return onGrid(sum, [-1]);
  // A number is multiplied behind the reshape: next to the product, ONNX Runtime makes it a factor of that, which then takes a slow way.
  if (b.constantOf(common.by) !== undefined) return b.mul(onGrid(sum, [-1]), b.reshape(common.by, [-1, 1, 1]));
  return onGrid(b.mul(onGrid(sum, [-1, 1]), common.by), [-1]);
}
