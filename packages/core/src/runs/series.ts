import { fromHalf, isFloating } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { floats, type Outputs, volumeOf } from '../explain/outputs.js';
import { spaceOf } from '../explain/tensors.js';
import type { Layer } from '../layers/layers.js';
import { inputLayout, type Place } from '../layers/layout.js';
import type { Method } from '../methods/method.js';
import type { Volume } from '../picture/volume.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Tensor } from '../runtime/runtime.js';
import type { Control, Derivative, RunContext, RunSettings, WriteMask, WritePicture } from './context.js';
import { type Masking, maskFeeds, type Passed, readOf, rowsOfTail } from './masked.js';
import type { MaskShape } from './masks.js';
import type { Network, Scoring } from './network.js';
import { maskPicture } from './pictures.js';
import { type Random, randomFrom } from './random.js';
import { checkSettings } from './settings.js';
import type { Front } from './split.js';
import { evenly, type Work, workOff } from './work.js';

/** Pictures in one run: on two cores 2 to 32 of ResNet-18 take the same time each, within 3 %, and one alone 8 % more. */
const BATCH = 16;

/** What a series explains, and how. */
export interface Question {
  /** What asks: messages and progress name it. */
  readonly method: Pick<Method, 'name' | 'title'>;
  /** One picture, as the network takes it. */
  readonly input: Tensor;
  readonly class: number;
  readonly layer: Layer | undefined;
  readonly settings: RunSettings;
  readonly control: Control;
  /** The picture at the layer, where a run has given that already. */
  readonly passed?: { readonly front: Front; readonly outputs: Outputs } | undefined;
}

/** One explanation by a method that runs the network many times: series of pictures, shown to the network in batches. */
export class Series implements RunContext {
  readonly input: RunContext['input'];
  readonly image: RunContext['image'];
  readonly height: number;
  readonly width: number;
  readonly class: number;
  readonly layer: Layer | undefined;
  readonly settings: RunSettings;
  readonly random: Random;
  readonly #network: Network;
  readonly #method: Question['method'];
  readonly #control: Control;
  #passed: Promise<Passed> | undefined;

  constructor(network: Network, { method, input, class: index, layer, settings, control, passed }: Question) {
    checkSettings(settings);
    this.#network = network;
    this.#method = method;
    this.#control = control;
    this.image = network.model.input;
    this.input = { type: 'float32', dims: input.dims, data: numbersOf(input) };
    const { height, width } = spaceOf(this.image, input);
    this.height = height;
    this.width = width;
    this.class = index;
    this.layer = layer;
    this.settings = settings;
    this.random = randomFrom(settings.seed ?? 0);
    if (passed !== undefined) this.#passed = Promise.resolve({ ...passed, input, rows: 1 });
  }

  async activations(): Promise<Volume> {
    const { front, outputs } = await this.#atLayer();
    return volumeOf(outputs, front.activations, 0);
  }

  async scores(count: number, write: WritePicture): Promise<Float64Array> {
    const scoring = await this.#network.scoring();
    return this.#scoresOf(this.#pictures(scoring, count, write), scoring.score);
  }

  async gradients(count: number, write: WritePicture, visit: (derivative: Derivative, index: number) => void): Promise<void> {
    const scoring = await this.#network.differentiating(this.#place());
    const { activations = '', gradient = '', score } = scoring;
    await this.#workOff(this.#pictures(scoring, count, write), (outputs, first, length) => {
      for (let row = 0; row < length; row++) {
        const derivative = {
          gradient: volumeOf(outputs, gradient, row),
          activations: volumeOf(outputs, activations, row),
          score: floats(outputs, score, row, 1)[0] ?? Number.NaN,
        };
        visit(derivative, first + row);
      }
    });
  }

  async maskedScores(count: number, write: WriteMask): Promise<Float64Array> {
    const { image, height, width } = this;
    // No mask can be multiplied with integers in the network: they are masked here, and rounded again.
    if (!isFloating(image.type)) {
      const mask = new Float32Array(height * width);
      return this.scores(count, (index, into) => {
        write(index, mask.fill(1));
        maskPicture(into, mask, image);
      });
    }
    const rows = this.#fixedRows();
    const input = this.#picture(rows, repeated(this.input.data, rows));
    const front = { held: image.name, activations: image.name, crossing: [] };
    const passed = { front, outputs: { [image.name]: input }, input, rows };
    const place = this.#input();
    const masking = {
      tail: await this.#network.tail(place),
      place,
      passed,
      shape: 'positions',
      space: { ...image, height, width },
      write,
    } as const;
    return this.#masked(count, masking, BATCH);
  }

  async tailScores(count: number, shape: MaskShape, write: WriteMask): Promise<Float64Array> {
    const place = this.#place();
    const tail = await this.#network.tail(place);
    const passed = await this.#atLayer();
    return this.#masked(count, { tail, place, passed, shape, space: await this.activations(), write }, rowsOfTail(passed));
  }

  #masked(count: number, masking: Masking, most: number): Promise<Float64Array> {
    const { tail, write } = masking;
    const own = (index: number, mask: Float32Array) => {
      if (index < count) write(index, mask);
    };
    const masks = maskFeeds({ ...masking, write: own }, this.image.name);
    const feeds = (first: number, rows: number) => ({ ...masks(first, rows), [tail.classes]: this.#classes(rows) });
    const work = { session: tail.session, fetches: [tail.score], count, ...this.#batches(count, this.settings.batch ?? most), feeds };
    return this.#scoresOf(work, tail.score);
  }

  #place(): Place {
    return this.layer ?? this.#input();
  }

  #input(): Place {
    return { name: this.image.name, layout: inputLayout(this.image) };
  }

  /** Pictures that the model's fixed batch holds; 1 where any number does. */
  #fixedRows(): number {
    return typeof this.image.batch === 'number' ? this.image.batch : 1;
  }

  /** The picture up to the layer, where every method of this explanation starts again. */
  #atLayer(): Promise<Passed> {
    this.#passed ??= (async () => {
      const { session, front } = await this.#network.front(this.#place());
      const rows = this.#fixedRows();
      const input = this.#picture(rows, repeated(this.input.data, rows));
      const outputs = await session.run({ [this.image.name]: input }, readOf(front, this.image));
      return { front, outputs, input, rows };
    })();
    return this.#passed;
  }

  /** Whole pictures for the whole network. */
  #pictures({ session, classes, score, activations, gradient }: Scoring, count: number, write: WritePicture): Work {
    const fetches = [score, activations, gradient].filter((name) => name !== undefined);
    const size = this.input.data.length;
    const feeds = (first: number, rows: number) => {
      const data = repeated(this.input.data, rows);
      for (let row = 0; row < rows && first + row < count; row++) write(first + row, data.subarray(row * size, (row + 1) * size));
      return { [this.image.name]: this.#picture(rows, data), [classes]: this.#classes(rows) };
    };
    return { session, fetches, count, ...this.#batches(count, this.settings.batch ?? BATCH), feeds };
  }

  #batches(count: number, most: number): Pick<Work, 'batch' | 'full'> {
    const fixed = this.image.batch;
    return typeof fixed === 'number' ? { batch: fixed, full: true } : { batch: evenly(count, most), full: false };
  }

  #picture(rows: number, data: Float32Array): Tensor {
    return inTypeOf({ type: 'float32', dims: [rows, ...this.input.dims.slice(1)], data }, this.image);
  }

  #classes(rows: number): Tensor {
    return { type: 'int64', dims: [rows], data: new BigInt64Array(rows).fill(BigInt(this.class)) };
  }

  async #scoresOf(work: Work, score: string): Promise<Float64Array> {
    const result = new Float64Array(work.count);
    await this.#workOff(work, (outputs, first, length) => {
      result.set(floats(outputs, score, 0, length), first);
    });
    return result;
  }

  #workOff(work: Work, take: (outputs: Outputs, first: number, length: number) => void): Promise<void> {
    const { name, title } = this.#method;
    const between = () => {
      if (this.#control.signal?.aborted) throw new GradcamError('aborted', `${title} was stopped before it was done`);
    };
    return workOff(work, take, between, (members) => this.#control.progress?.(members, work.count, name));
  }
}

/** The numbers of a picture in any type that a network takes. */
function numbersOf({ type, data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  return type === 'float16' ? Float32Array.from(data as Uint16Array, fromHalf) : Float32Array.from(data as Float64Array, Number);
}

function repeated(data: Float32Array, times: number): Float32Array {
  const all = new Float32Array(times * data.length);
  for (let time = 0; time < times; time++) all.set(data, time * data.length);
  return all;
}
