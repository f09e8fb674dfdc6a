import { GradcamError } from '../errors.js';
import { floats, type Outputs, volumeOf } from '../explain/outputs.js';
import { spaceOf } from '../explain/tensors.js';
import type { Layer } from '../layers/layers.js';
import { inputLayout } from '../layers/layout.js';
import type { Method } from '../methods/method.js';
import type { Volume } from '../picture/volume.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Tensor } from '../runtime/runtime.js';
import type { Control, Derivative, RunContext, RunSettings, WritePicture } from './context.js';
import type { Network, Place, Scoring } from './network.js';
import { type Random, randomFrom } from './random.js';

/** Pictures in one run: enough to keep two cores busy, little enough for their feature maps to stay in the processor's cache. */
const BATCH = 8;

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

  constructor(network: Network, { method, input, class: index, layer, settings, control }: Question) {
    this.#network = network;
    this.#method = method;
    this.#control = control;
    this.image = network.model.input;
    this.input = { type: 'float32', dims: input.dims, data: Float32Array.from(input.data as Float32Array, Number) };
    const { height, width } = spaceOf(this.image, input);
    this.height = height;
    this.width = width;
    this.class = index;
    this.layer = layer;
    this.settings = settings;
    this.random = randomFrom(settings.seed ?? 0);
  }

  async activations(): Promise<Volume> {
    const scoring = await this.#network.reading(this.#place());
    const outputs = await this.#run(scoring, this.input.data, 1);
    return volumeOf(outputs, scoring.activations ?? '', 0);
  }

  async scores(count: number, write: WritePicture): Promise<Float64Array> {
    const scoring = await this.#network.scoring();
    const result = new Float64Array(count);
    await this.#inBatches(scoring, count, write, (outputs, first, length) => {
      result.set(floats(outputs, scoring.score, 0, length), first);
    });
    return result;
  }

  async gradients(count: number, write: WritePicture, visit: (derivative: Derivative, index: number) => void): Promise<void> {
    const scoring = await this.#network.differentiating(this.#place());
    const { activations = '', gradient = '', score } = scoring;
    await this.#inBatches(scoring, count, write, (outputs, first, length) => {
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

  tailScores(): Promise<Float64Array> {
    throw new GradcamError('unsupported-model', 'the layers behind cannot be run alone');
  }

  #place(): Place {
    return this.layer ?? { name: this.image.name, layout: inputLayout(this.image) };
  }

  /** The next batch is written while the network is busy with the one before. */
  async #inBatches(
    scoring: Scoring,
    count: number,
    write: WritePicture,
    take: (outputs: Outputs, first: number, length: number) => void,
  ): Promise<void> {
    const size = this.input.data.length;
    const fixed = this.image.batch;
    const most = typeof fixed === 'number' ? fixed : Math.min(count, this.settings.batch ?? BATCH);
    const fill = (first: number) => {
      // A model whose batch is fixed gets its rows filled up with the original.
      const length = typeof fixed === 'number' ? fixed : Math.min(most, count - first);
      const data = new Float32Array(length * size);
      for (let row = 0; row < length; row++) {
        const into = data.subarray(row * size, (row + 1) * size);
        into.set(this.input.data);
        if (first + row < count) write(first + row, into);
      }
      return { data, length };
    };
    let next = fill(0);
    for (let first = 0; first < count; first += most) {
      this.#stopIfAborted();
      const { data, length } = next;
      const running = this.#run(scoring, data, length);
      if (first + most < count) next = fill(first + most);
      const outputs = await running;
      const done = Math.min(count, first + most);
      take(outputs, first, done - first);
      this.#control.progress?.(done, count, this.#method.name);
    }
  }

  #run({ session, classes, score, activations, gradient }: Scoring, data: Float32Array, pictures: number): Promise<Outputs> {
    const { image, input } = this;
    const picture = inTypeOf({ type: 'float32', dims: [pictures, ...input.dims.slice(1)], data }, image);
    const chosen: Tensor = { type: 'int64', dims: [pictures], data: new BigInt64Array(pictures).fill(BigInt(this.class)) };
    const wanted = [score, activations, gradient].filter((name) => name !== undefined);
    return session.run({ [image.name]: picture, [classes]: chosen }, wanted);
  }

  #stopIfAborted(): void {
    if (this.#control.signal?.aborted) throw new GradcamError('aborted', `${this.#method.title} was stopped before it was done`);
  }
}
