import { GradcamError } from '../errors.js';
import type { Explained, ExplainedMethod, Part, Plan } from '../graph/explanation.js';
import type { Method, RunMethod } from '../methods/method.js';
import type { Model } from '../model/model.js';
import { probabilities } from '../model/score.js';
import type { Heatmap } from '../picture/image.js';
import type { Control, RunSettings } from '../runs/context.js';
import { readOf } from '../runs/masked.js';
import type { Network } from '../runs/network.js';
import { Series } from '../runs/series.js';
import type { Front } from '../runs/split.js';
import type { Session, Tensor } from '../runtime/runtime.js';
import { choicesOf } from '../targets/index.js';
import { pytorchHeatmap } from './compat.js';
import { type Detection, detectionsOf } from './detections.js';
import { heatmapOf } from './heatmap.js';
import { checkFinite, fromLeast, mapsOf } from './maps.js';
import { floats, mapOf, type Outputs } from './outputs.js';
import { argmax, rank } from './ranking.js';
import type { Explanation, ImageResult, Prediction } from './result.js';
import { hasCopies, type Smoothing, smoothed } from './smoothing.js';
import { checkInput, rowsOf, type Size, spaceOf, takeRow } from './tensors.js';

/** Names of what the edit added; the outputs of the model itself stay as they are. */
export interface OutputNames {
  /** The input of class indices. */
  readonly classes: string;
  /** How high the model ranks each class. */
  readonly ranking: string;
  /** The numbers of a detector's boxes. */
  readonly boxes: string | undefined;
  /** y of each row, where it is not the logit. */
  readonly score: string | undefined;
  /** Of each layer, where methods run the network behind it many times: this run has then done what lies before. */
  readonly fronts: ReadonlyMap<string, Front>;
  /** Of each method, for each value that it explains. */
  readonly parts: readonly (readonly Part[])[];
}

/** −1 in the graph's `class` input: the most probable class. */
const MOST_PROBABLE = -1;

/** The outputs of one run, the class that was asked for, and which row of them belongs to an image of the batch. */
interface Run {
  readonly outputs: Outputs;
  readonly wanted: number;
  readonly row: (image: number) => number;
}

/** How an explainer works, whatever it explains. */
export interface ExplainerSettings extends RunSettings {
  /** Average over copies of the picture, or take a principal component: see `Smoothing`. Methods of many runs refuse copies. */
  readonly smooth?: readonly Smoothing[];
  /** Scale the heatmap as pytorch-grad-cam does, instead of dividing it by its maximum. */
  readonly compat?: 'pytorch-grad-cam';
}

/** How one question is answered. */
export interface Asking extends Control {
  /** Names of the explainer's methods that are to answer; default: all of them. */
  readonly methods?: readonly string[];
}

/** A model loaded so that every run answers with prediction and explanation at once. Made by `openExplainer`. */
export class Explainer {
  readonly #fetches: { one?: readonly string[]; many?: readonly string[] } = {};

  constructor(
    readonly model: Model,
    readonly plan: Plan,
    /** What was appended, for each method. */
    readonly explained: Explained,
    private readonly names: OutputNames,
    private readonly session: Session,
    /** The network for methods that run it many times. */
    private readonly network: Network,
    private readonly settings: ExplainerSettings,
  ) {}

  /** Number of classes of the model, or of references where a similarity to them is explained. */
  get classes(): number {
    const { scores } = this.model;
    return choicesOf(scores, this.plan.target).count(scores);
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
   * @param asking follows and stops what runs the network many times, or asks some of the methods alone
   * @returns one result an image, each with one explanation a class and method
   * @throws GradcamError `unknown-class`, `invalid-tensor`, `runtime`, `aborted`
   */
  async explain(input: Tensor, classes: readonly number[] = [], asking: Asking = {}): Promise<ImageResult[]> {
    this.#checkClasses(classes);
    checkInput(this.model.input, input);
    if (!hasCopies(this.settings)) return this.#explain(input, classes, asking);
    const results: ImageResult[] = [];
    for (let image = 0; image < rowsOf(input); image++) results.push(await this.#smoothed(takeRow(input, image), classes, asking));
    return results;
  }

  #smoothed(input: Tensor, classes: readonly number[], asking: Asking): Promise<ImageResult> {
    const { settings, model } = this;
    const size = spaceOf(model.input, input);
    const fusions = new Map(this.plan.methods.map((method) => [method.name, method.fusion]));
    return smoothed({
      input,
      image: model.input,
      classes,
      settings,
      control: asking,
      explain: (copies, wanted) => this.#explain(copies, wanted, asking),
      heatmap: (maps, method) => this.#heatmap(maps, size, fusions.get(method)),
    });
  }

  async #explain(input: Tensor, classes: readonly number[], asking: Asking): Promise<ImageResult[]> {
    const images = rowsOf(input);
    const { batch } = this.model.input;
    if (typeof batch === 'number' && batch < images) {
      // The model fixes its batch, at 1 as a rule: one image at a time.
      const results: ImageResult[] = [];
      for (let image = 0; image < images; image++) results.push(...(await this.#explain(takeRow(input, image), classes, asking)));
      return results;
    }
    const wanted = classes.length === 0 ? [MOST_PROBABLE] : classes;
    const runs: Run[] = [];
    if (images === 1 && (wanted.length === 1 || this.explained.sharesRows)) {
      const outputs = await this.#run(input, wanted, asking);
      for (const [row, index] of wanted.entries()) runs.push({ outputs, wanted: index, row: () => row });
    } else {
      for (const index of wanted) {
        const outputs = await this.#run(input, new Array<number>(images).fill(index), asking);
        runs.push({ outputs, wanted: index, row: (image) => image });
      }
    }
    const results: ImageResult[] = [];
    for (let image = 0; image < images; image++) results.push(await this.#result(takeRow(input, image), image, runs, asking));
    return results;
  }

  /**
   * Explains one image: `explain` for a batch of one.
   *
   * @throws GradcamError `invalid-tensor` where the batch holds more
   */
  async explainOne(input: Tensor, classes: readonly number[] = [], asking: Asking = {}): Promise<ImageResult> {
    const [result] = rowsOf(input) === 1 ? await this.explain(input, classes, asking) : [];
    if (result === undefined) throw new GradcamError('invalid-tensor', `expected a batch of one image, but got ${rowsOf(input)}`);
    return result;
  }

  async close(): Promise<void> {
    await this.network.close();
    await this.session.close();
  }

  #isAsked(which: number, { methods }: Asking): boolean {
    return methods?.includes(this.explained.methods[which]?.method.name ?? '') ?? true;
  }

  #checkClasses(classes: readonly number[]): void {
    const wrong = classes.find((index) => !Number.isInteger(index) || index < 0 || index >= this.classes);
    if (wrong !== undefined) throw new GradcamError('unknown-class', `expected a class from 0 to ${this.classes - 1}, but got ${wrong}`);
  }

  #run(input: Tensor, classes: readonly number[], asking: Asking): Promise<Outputs> {
    const { names, session, model } = this;
    const indices = new BigInt64Array(classes.length);
    for (const [row, index] of classes.entries()) indices[row] = BigInt(index);
    const chosen: Tensor = { type: 'int64', dims: [classes.length], data: indices };
    const fetches = asking.methods === undefined ? this.#readByAll(rowsOf(input)) : this.#read(rowsOf(input), asking);
    return session.run({ [model.input.name]: input, [names.classes]: chosen }, fetches);
  }

  /** What is read of a run where no method is asked alone: most ask the same again and again. */
  #readByAll(images: number): readonly string[] {
    const of = images === 1 ? 'one' : 'many';
    this.#fetches[of] ??= this.#read(images, {});
    return this.#fetches[of];
  }

  /** The outputs of a run that are read: what is not asked for is not read back from the runtime. */
  #read(images: number, asking: Asking): readonly string[] {
    const { names, model } = this;
    const asked = names.parts.filter((_, which) => this.#isAsked(which, asking));
    const parts = asked.flat().flatMap((part) => Object.values(part));
    const runsAsked = this.explained.methods.some(({ method }, which) => isOfLayerByRuns(method) && this.#isAsked(which, asking));
    const fronts = runsAsked && images === 1 ? [...names.fronts.values()].flatMap((front) => readOf(front, model.input)) : [];
    const score = names.score === undefined ? [] : [names.score];
    const boxes = names.boxes === undefined ? [] : [names.boxes];
    return [...new Set([names.ranking, ...score, ...boxes, ...parts, ...fronts])];
  }

  async #result(input: Tensor, image: number, runs: readonly Run[], asking: Asking): Promise<ImageResult> {
    const { scores } = this.model;
    const size = spaceOf(this.model.input, input);
    const first = runs[0]?.outputs ?? {};
    const ranking = floats(first, this.names.ranking, image, this.classes);
    // A softmax over a thousand classes, and sorting them, cost more than explaining one: only who asks pays.
    let probability: Float32Array | undefined;
    let ranked: readonly Prediction[] | undefined;
    let boxes: readonly Detection[] | undefined;
    const probabilityOf = () => {
      // Shares of pixels, scores of boxes and similarities are what they are.
      const isLogits = scores.kind === 'classes' && this.plan.target.choices === undefined;
      probability ??= isLogits ? probabilities(ranking, scores.activation) : ranking;
      return probability;
    };
    const { boxes: boxNumbers } = this.names;
    const explanations: Explanation[] = [];
    for (const { outputs, wanted, row } of runs) {
      // The graph chose the most probable class as this does: the first of those with the highest rank.
      const index = wanted === MOST_PROBABLE ? argmax(ranking) : wanted;
      const predicted: Prediction = {
        index,
        get probability() {
          return probabilityOf()[index] ?? Number.NaN;
        },
      };
      const { score: named } = this.names;
      const score = (named === undefined ? ranking[index] : floats(outputs, named, row(image), 1)[0]) ?? Number.NaN;
      for (const [which, explained] of this.explained.methods.entries()) {
        if (!this.#isAsked(which, asking)) continue;
        const maps =
          explained.method.kind === 'runs'
            ? await this.#mapsByRuns(explained.method, input, index, asking, outputs)
            : mapsOf(explained, this.names.parts[which] ?? [], outputs, row(image));
        explanations.push(this.#explanation(explained, maps, predicted, score, size));
      }
    }
    return {
      get predictions() {
        ranked ??= rank(probabilityOf());
        return ranked;
      },
      get boxes() {
        if (scores.kind !== 'boxes' || boxNumbers === undefined) return undefined;
        boxes ??= detectionsOf(mapOf(first, boxNumbers, image).data, scores, size);
        return boxes;
      },
      explanations,
    };
  }

  async #mapsByRuns(method: RunMethod, input: Tensor, index: number, control: Control, outputs: Outputs): Promise<Heatmap[]> {
    const maps: Heatmap[] = [];
    for (const layer of method.of === 'layer' ? this.plan.layers : [undefined]) {
      const front = this.names.fronts.get(layer?.name ?? '');
      const passed = front !== undefined && outputs[front.held] !== undefined ? { front, outputs } : undefined;
      const question = { method, input, class: index, layer, settings: this.settings, control, passed };
      maps.push(await method.run(new Series(this.network, question)));
    }
    return maps;
  }

  #explanation({ method, of }: ExplainedMethod, maps: readonly Heatmap[], predicted: Prediction, score: number, size: Size): Explanation {
    maps.forEach((map, layer) => {
      checkFinite(map, of[layer] ?? '', predicted.index, Number.isFinite(score) ? method.undefinedFor : undefined);
    });
    // A picture takes longer to draw than all the rest: only who looks at it pays, and of copies that are averaged nobody does.
    let drawn: Heatmap | undefined;
    const draw = () => {
      drawn ??= this.#heatmap(method.fromLeast ? maps.map(fromLeast) : maps, size, method.fusion);
      return drawn;
    };
    return {
      method: method.name,
      layers: of,
      class: predicted,
      score,
      maps,
      get heatmap() {
        return draw();
      },
      get evidence() {
        return draw().data.some((value) => value > 0);
      },
    };
  }

  #heatmap(maps: readonly Heatmap[], { width, height }: Size, fusion = this.plan.fusion): Heatmap {
    return (this.settings.compat === undefined ? heatmapOf : pytorchHeatmap)(maps, width, height, fusion);
  }
}

function isOfLayerByRuns({ kind, of }: Method): boolean {
  return kind === 'runs' && of === 'layer';
}
