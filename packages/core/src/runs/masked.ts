import type { Outputs } from '../explain/outputs.js';
import type { Place } from '../layers/layout.js';
import type { ImageInput } from '../model/input.js';
import type { Volume } from '../picture/volume.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Tensor } from '../runtime/runtime.js';
import type { WriteMask } from './context.js';
import { KEPT, type MaskShape, maskLayout } from './masks.js';
import type { Front, MaskedTail } from './split.js';

/** A picture at a layer: what the front of the network made of it. */
export interface Passed {
  readonly front: Front;
  readonly outputs: Outputs;
  /** The picture, as often as the front took it. */
  readonly input: Tensor;
  /** How often that is: once, or as often as the model's fixed batch says. */
  readonly rows: number;
}

/** The outputs to read of a front. */
export function readOf({ held, activations, crossing }: Front, { name }: Pick<ImageInput, 'name'>): string[] {
  return [held, activations, ...crossing.filter((value) => value !== name)];
}

/** Numbers of the masked feature maps of one run: enough for matrix products to be worth it, few enough to fit into memory many times over. */
const NUMBERS = 2 ** 21;
const MOST_ROWS = 64;

/** Masked feature maps in one run of the tail: many of small ones. */
export function rowsOfTail({ outputs, front, rows }: Passed): number {
  const numbers = (outputs[front.held]?.data.length ?? 0) / rows;
  return Math.max(1, Math.min(MOST_ROWS, Math.round(NUMBERS / numbers)));
}

/** Masks for the network behind a value: a layer, or the picture itself. */
export interface Masking {
  readonly tail: MaskedTail;
  readonly place: Place;
  readonly passed: Passed;
  readonly shape: MaskShape;
  /** Channels, height and width of the value. */
  readonly space: Pick<Volume, 'channels' | 'height' | 'width'>;
  readonly write: WriteMask;
}

/** What the tail is fed with for masks `first` to `first + rows`. @param picture name of the network's own input */
export function maskFeeds(masking: Masking, picture: string): (first: number, rows: number) => Record<string, Tensor> {
  const { tail, place, shape, space, write } = masking;
  const { front, outputs, input, rows: passed } = masking.passed;
  const held = outputs[front.held];
  if (held === undefined) throw new RangeError(`the front of the network did not give '${place.name}'`);
  const [repeats = 1, ...sizes] = held.dims;
  const { length, dims, source, same } = maskLayout(place, [repeats / passed, ...sizes], shape, space);
  const mask = new Float32Array(length);
  const [repeat, array] = [repeater(), takingTurns()];
  return (first, rows) => {
    const data = array(rows * source.length);
    if (same) data.fill(1);
    for (let row = 0; row < rows; row++) {
      const into = data.subarray(row * source.length, (row + 1) * source.length);
      write(first + row, same ? into : mask.fill(1));
      if (same) continue;
      for (let at = 0; at < into.length; at++) {
        const from = source[at] as number;
        into[at] = from === KEPT ? 1 : (mask[from] as number);
      }
    }
    const masks = inTypeOf(
      { type: 'float32', dims: [rows * (dims[0] ?? 1), ...dims.slice(1)], data },
      { name: tail.mask, type: tail.type },
    );
    // Along a first axis that holds nothing but the batch, one feature map is broadcast against all masks.
    const feeds: Record<string, Tensor> = {
      [tail.mask]: masks,
      [tail.held]: dims[0] === 1 ? held : repeat(tail.held, held, rows / passed),
    };
    for (const name of front.crossing) {
      const value = name === picture ? input : outputs[name];
      if (value !== undefined) feeds[name] = repeat(name, value, rows / passed);
    }
    return feeds;
  };
}

/** Two arrays that are written in turn, since a runtime may still read the one before. */
function takingTurns(): (length: number) => Float32Array {
  let [next, other] = [new Float32Array(0), new Float32Array(0)];
  return (length) => {
    if (next.length < length) next = new Float32Array(length);
    [next, other] = [other, next];
    return other.subarray(0, length);
  };
}

/** Repeats tensors along their first axis, and keeps the largest that it made of each. */
function repeater(): (name: string, tensor: Tensor, times: number) => Tensor {
  const made = new Map<string, { readonly times: number; readonly data: Tensor['data'] }>();
  return (name, { type, dims, data }, times) => {
    if (times === 1) return { type, dims, data };
    let known = made.get(name);
    if (known === undefined || known.times < times) {
      const repeated = new (data.constructor as new (length: number) => typeof data)(times * data.length);
      for (let time = 0; time < times; time++) repeated.set(data as Float32Array & BigInt64Array, time * data.length);
      known = { times, data: repeated };
      made.set(name, known);
    }
    return { type, dims: [times * (dims[0] ?? 1), ...dims.slice(1)], data: known.data.subarray(0, times * data.length) };
  };
}
