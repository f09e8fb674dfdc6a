import { GradcamError } from '../errors.js';
import type { Explained } from '../graph/explanation.js';
import type { Model } from '../model/model.js';
import { probabilities } from '../model/score.js';
import type { Heatmap } from '../picture/image.js';
import type { Session, Tensor } from '../runtime/runtime.js';
import { pytorchHeatmap } from './compat.js';
import { heatmapOf } from './heatmap.js';
import { floats, mapOf, type Outputs } from './outputs.js';
import type { Explanation, ImageResult, Prediction } from './result.js';
import { checkInput, rowsOf, type Size, spaceOf, takeRow } from './tensors.js';

/** Names of what the edit added; the outputs of the model itself stay as they are. */
export interface OutputNames {
  /** The input of class indices. */
  readonly classes: string;
  readonly logits: string;
  /** The signed maps of each method. */
  readonly maps: readonly (readonly string[])[];
}

/** −1 in the graph's `class` input: the most probable class. */
const MOST_PROBABLE = -1;

/** The outputs of one run, the class that was asked for, and which row of them belongs to an image of the batch. */
interface Run {
  readonly outputs: Outputs;
  readonly wanted: number;
  readonly row: (image: number) => number;
}

/** A model loaded so that every run answers with prediction and explanation at once. Made by `openExplainer`. */
export class Explainer {
  constructor(
    readonly model: Model,
    /** What was appended, for each method. */
    readonly explained: Explained,
    private readonly names: OutputNames,
    private readonly session: Session,
    private readonly compat: 'pytorch-grad-cam' | undefined,
  ) {}

  /** Number of classes of the model. */
  get classes(): number {
    return this.model.scores.classes;
  }

  /** Names of the values that are explained: layers, and the input where a method explains pixels. */
  get layers(): string[] {
    return [...new Set(this.explained.methods.flatMap(({ of }) => of))];
  }

  /**
   * Explains a batch of images.
   *
   * @param input the network's input, in its own layout and type: [images, …]
   * @param classes class indices to explain of each image; default: its most probable class
   * @returns one result an image, each with one explanation a class and method
   * @throws GradcamError `unknown-class`, `invalid-tensor`, `runtime`
   */
  async explain(input: Tensor, classes: readonly number[] = []): Promise<ImageResult[]> {
    this.#checkClasses(classes);
    checkInput(this.model.input, input);
    const images = rowsOf(input);
    const { batch } = this.model.input;
    if (typeof batch === 'number' && batch < images) {
      // The model fixes its batch, at 1 as a rule: one image at a time.
      const results: ImageResult[] = [];
      for (let image = 0; image < images; image++) results.push(...(await this.explain(takeRow(input, image), classes)));
      return results;
    }
    const wanted = classes.length === 0 ? [MOST_PROBABLE] : classes;
    const runs: Run[] = [];
    if (images === 1 && (wanted.length === 1 || this.explained.sharesRows)) {
      const outputs = await this.#run(input, wanted);
      for (const [row, index] of wanted.entries()) runs.push({ outputs, wanted: index, row: () => row });
    } else {
      for (const index of wanted) {
        const outputs = await this.#run(input, new Array<number>(images).fill(index));
        runs.push({ outputs, wanted: index, row: (image) => image });
      }
    }
    return Array.from({ length: images }, (_, image) => this.#result(image, runs, spaceOf(this.model.input, input)));
  }

  /**
   * Explains one image: `explain` for a batch of one.
   *
   * @throws GradcamError `invalid-tensor` where the batch holds more
   */
  async explainOne(input: Tensor, classes: readonly number[] = []): Promise<ImageResult> {
    const [result] = rowsOf(input) === 1 ? await this.explain(input, classes) : [];
    if (result === undefined) throw new GradcamError('invalid-tensor', `expected a batch of one image, but got ${rowsOf(input)}`);
    return result;
  }

  close(): Promise<void> {
    return this.session.close();
  }

  #checkClasses(classes: readonly number[]): void {
    const wrong = classes.find((index) => !Number.isInteger(index) || index < 0 || index >= this.classes);
    if (wrong !== undefined) throw new GradcamError('unknown-class', `expected a class from 0 to ${this.classes - 1}, but got ${wrong}`);
  }

  #run(input: Tensor, classes: readonly number[]): Promise<Outputs> {
    const { names, session, model } = this;
    const chosen: Tensor = { type: 'int64', dims: [classes.length], data: BigInt64Array.from(classes, BigInt) };
    // What is not asked for is not read back from the runtime.
    return session.run({ [model.input.name]: input, [names.classes]: chosen }, [names.logits, ...names.maps.flat()]);
  }

  #result(image: number, runs: readonly Run[], size: Size): ImageResult {
    const { classes, activation } = this.model.scores;
    const logits = floats(runs[0]?.outputs ?? {}, this.names.logits, image, classes);
    // A softmax over a thousand classes, and sorting them, cost more than explaining one: only who asks pays.
    let probability: Float32Array | undefined;
    let ranked: readonly Prediction[] | undefined;
    const probabilityOf = () => {
      probability ??= probabilities(logits, activation);
      return probability;
    };
    const explanations = runs.flatMap(({ outputs, wanted, row }) => {
      // The graph chose the most probable class as this does: the first of those with the largest logit.
      const index = wanted === MOST_PROBABLE ? argmax(logits) : wanted;
      const predicted: Prediction = {
        index,
        get probability() {
          return probabilityOf()[index] ?? Number.NaN;
        },
      };
      const score = logits[index] ?? Number.NaN;
      return this.explained.methods.map((_, which) => this.#explanation(outputs, row(image), which, predicted, score, size));
    });
    return {
      get predictions() {
        ranked ??= rank(probabilityOf());
        return ranked;
      },
      explanations,
    };
  }

  #explanation(outputs: Outputs, row: number, which: number, predicted: Prediction, score: number, { width, height }: Size): Explanation {
    const names = this.names.maps[which];
    const explained = this.explained.methods[which];
    if (names === undefined || explained === undefined) throw new RangeError(`no method ${which}`);
    const maps = names.map((name) => mapOf(outputs, name, row));
    maps.forEach((map, layer) => {
      checkFinite(map, explained.of[layer] ?? '', predicted.index);
    });
    const heatmap = (this.compat === undefined ? heatmapOf : pytorchHeatmap)(maps, width, height);
    const evidence = maps.some(({ data }) => data.some((value) => value > 0));
    return { method: explained.method.name, layers: explained.of, class: predicted, score, maps, heatmap, evidence };
  }
}

/** Index of the first of the largest values. */
function argmax(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  return best;
}

/** All classes, most probable first. */
function rank(probability: Float32Array): Prediction[] {
  const order = Uint32Array.from(probability.keys()).sort((one, other) => (probability[other] ?? 0) - (probability[one] ?? 0));
  return Array.from(order, (index) => ({ index, probability: probability[index] ?? Number.NaN }));
}

/** @throws GradcamError `no-gradient` for a map that holds NaN or infinity */
function checkFinite({ data }: Heatmap, layer: string, index: number): void {
  if (data.every(Number.isFinite)) return;
  throw new GradcamError(
    'no-gradient',
    `the map of layer '${layer}' for class ${index} holds numbers that are not finite: is the input finite, and scaled as the model expects it?`,
  );
}
