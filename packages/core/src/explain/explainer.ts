import { GraphBuilder } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { appendExplanation, type Explained, neededFacts, type Plan } from '../graph/explanation.js';
import { chooseLayer, isSpatial, type LayerChoice } from '../layers/layers.js';
import { findMethod } from '../methods/index.js';
import { learnFacts } from '../model/learn.js';
import { type Model, type ModelOptions, readClassifier } from '../model/model.js';
import { probabilities } from '../model/score.js';
import type { Heatmap } from '../picture/image.js';
import type { Runtime, Session, SessionOptions, Tensor } from '../runtime/runtime.js';
import { pytorchHeatmap } from './compat.js';
import type { Explanation, ImageResult, Prediction } from './result.js';
import { checkInput, rowsOf, takeRow } from './tensors.js';

export interface ExplainerOptions extends ModelOptions {
  /** What to explain: `auto` (default), `last-conv`, or names of values; the maps of several are fused. */
  readonly layers?: readonly LayerChoice[];
  /** Names of methods; default `gradcam`. */
  readonly methods?: readonly string[];
  /** Scale the heatmap as pytorch-grad-cam does, instead of dividing it by its maximum. */
  readonly compat?: 'pytorch-grad-cam';
  readonly session?: SessionOptions;
  /** The model's bytes with space behind them in the same memory, so that the edit copies nothing. */
  readonly room?: Uint8Array;
}

/** Names of what the edit adds; the outputs of the model itself stay as they are. */
interface Names {
  readonly classes: string;
  readonly logits: string;
  readonly chosen: string;
  readonly score: string;
  readonly methods: readonly { readonly maps: readonly string[]; readonly heatmap: string }[];
}

/** −1 in the graph's `class` input: the most probable class. */
const MOST_PROBABLE = -1;

/** A model loaded so that every run answers with prediction and explanation at once. Made by `openExplainer`. */
export class Explainer {
  constructor(
    readonly model: Model,
    /** Names of the layers that are explained. */
    readonly layers: readonly string[],
    readonly plan: Plan,
    readonly explained: Explained,
    private readonly names: Names,
    private readonly session: Session,
    private readonly compat: ExplainerOptions['compat'],
  ) {}

  /** Number of classes of the model. */
  get classes(): number {
    return this.model.scores.classes;
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
    for (const index of classes) {
      if (!Number.isInteger(index) || index < 0 || index >= this.classes)
        throw new GradcamError('unknown-class', `expected a class from 0 to ${this.classes - 1}, but got ${index}`);
    }
    checkInput(this.model.input, input);
    const images = rowsOf(input);
    // A batch that the model fixes at 1 takes one image at a time.
    if (images > 1 && typeof this.model.input.batch === 'number' && this.model.input.batch !== images) {
      const results: ImageResult[] = [];
      for (let image = 0; image < images; image++) results.push(...(await this.explain(takeRow(input, image), classes)));
      return results;
    }
    const wanted = classes.length === 0 ? [MOST_PROBABLE] : classes;
    const runs: Run[] = [];
    if (images === 1 && this.explained.sharesRows) {
      const run = await this.#run(input, wanted);
      for (let row = 0; row < wanted.length; row++) runs.push({ ...run, row: () => row });
    } else {
      for (const index of wanted) {
        const run = await this.#run(input, new Array<number>(images).fill(index));
        runs.push({ ...run, row: (image) => image });
      }
    }
    return Array.from({ length: images }, (_, image) => this.#result(image, runs));
  }

  close(): Promise<void> {
    return this.session.close();
  }

  async #run(input: Tensor, classes: readonly number[]): Promise<Outputs> {
    const { names, session, model } = this;
    const chosen: Tensor = { type: 'int64', dims: [classes.length], data: BigInt64Array.from(classes, BigInt) };
    const maps = names.methods.flatMap((method) => [...method.maps, ...(this.compat === undefined ? [method.heatmap] : [])]);
    const outputs = await session.run({ [model.input.name]: input, [names.classes]: chosen }, [
      names.logits,
      names.chosen,
      names.score,
      ...maps,
    ]);
    return { outputs };
  }

  #result(image: number, runs: readonly Run[]): ImageResult {
    const { names, model } = this;
    const [first] = runs;
    if (first === undefined) return { predictions: [], explanations: [] };
    const logits = floats(first.outputs, names.logits, image, model.scores.classes);
    const probability = probabilities(logits, model.scores.activation);
    const predictions = [...probability]
      .map((value, index): Prediction => ({ index, probability: value }))
      .sort((one, other) => other.probability - one.probability);
    const explanations = runs.flatMap((run) => {
      const row = run.row(image);
      const index = Number(run.outputs[names.chosen]?.data[row]);
      const score = floats(run.outputs, names.score, row, 1)[0] ?? Number.NaN;
      return this.plan.methods.map((method, which) =>
        this.#explanation(run, row, which, method.name, { index, probability: probability[index] ?? Number.NaN }, score),
      );
    });
    return { predictions, explanations };
  }

  #explanation(run: Run, row: number, which: number, method: string, predicted: Prediction, score: number): Explanation {
    const names = this.names.methods[which];
    const maps = (names?.maps ?? []).map((name) => mapOf(run.outputs, name, row));
    for (const [index, map] of maps.entries()) {
      if (!map.data.every(Number.isFinite))
        throw new GradcamError(
          'no-gradient',
          `the map of layer '${this.explained.methods[which]?.of[index]}' for class ${predicted.index} holds numbers that are not finite: is the input finite, and scaled as the model expects it?`,
        );
    }
    const { width, height } = this.#inputSize(run.outputs, names?.heatmap, maps);
    const heatmap = this.compat === undefined ? mapOf(run.outputs, names?.heatmap ?? '', row) : pytorchHeatmap(maps, width, height);
    const evidence = maps.some(({ data }) => data.some((value) => value > 0));
    return { method, layers: this.explained.methods[which]?.of ?? [], class: predicted, score, maps, heatmap, evidence };
  }

  #inputSize(outputs: Record<string, Tensor>, heatmap: string | undefined, maps: readonly Heatmap[]): { width: number; height: number } {
    const { width, height } = this.model.input;
    const [, rows = maps[0]?.height ?? 1, columns = maps[0]?.width ?? 1] = outputs[heatmap ?? '']?.dims ?? [];
    return { width: typeof width === 'number' ? width : columns, height: typeof height === 'number' ? height : rows };
  }
}

interface Outputs {
  readonly outputs: Record<string, Tensor>;
}

/** The outputs of one run, and which row of them holds an image. */
interface Run extends Outputs {
  readonly row: (image: number) => number;
}

/** One row of a floating-point output. */
function floats(outputs: Record<string, Tensor>, name: string, row: number, length: number): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data.slice(row * length, (row + 1) * length);
  if (data instanceof Float64Array) return Float32Array.from(data.subarray(row * length, (row + 1) * length));
  throw new GradcamError(
    'unsupported-model',
    `expected output '${name}' as float32, but the runtime gave ${outputs[name]?.type ?? 'nothing'}`,
  );
}

function mapOf(outputs: Record<string, Tensor>, name: string, row: number): Heatmap {
  const [, height = 0, width = 0] = outputs[name]?.dims ?? [];
  return { width, height, data: floats(outputs, name, row, width * height) };
}

/**
 * Opens a model so that it explains itself: reads its structure, chooses the layer, appends the gradient and the maps to its
 * bytes, and loads the result into the runtime.
 *
 * @example
 * const explainer = await openExplainer(runtime, bytes);
 * const [result] = await explainer.explain(tensor);
 */
export async function openExplainer(runtime: Runtime, bytes: Uint8Array, options: ExplainerOptions = {}): Promise<Explainer> {
  const model = readClassifier(bytes, options);
  const plan = await makePlan(runtime, model, options);
  const b = new GraphBuilder(model.graph, model.facts, 'gradcam');
  const classes = b.input('class', 'int64', ['classes']);
  const explained = appendExplanation(b, model, plan, classes);
  const { target } = explained;
  const names: Names = {
    classes,
    logits: b.output('gradcam/logits', target.logits),
    chosen: b.output('gradcam/class', target.classes),
    score: b.output('gradcam/score', target.score),
    methods: explained.methods.map(({ method, maps, heatmap }) => ({
      maps: maps.map((map, index) => b.output(`gradcam/${method.name}/map/${index}`, map)),
      heatmap: b.output(`gradcam/${method.name}/heatmap`, heatmap),
    })),
  };
  const session = await runtime.open(b.append(options.room), options.session);
  return new Explainer(model, plan.layers, plan, explained, names, session, options.compat);
}

/** Chooses layers and methods, and learns the facts that appending them needs. */
export async function makePlan(runtime: Runtime, model: Model, options: ExplainerOptions): Promise<Plan> {
  const methods = (options.methods ?? ['gradcam']).map(findMethod);
  const choices = methods.some((method) => method.of === 'layer') ? (options.layers ?? ['auto']) : [];
  const { graph, facts, scores } = model;
  // Shapes that simple inference knows spare a question to the runtime: see whether any candidate is undecided.
  if (choices.length > 0) await learnFacts(runtime, facts, undecided(model, choices), options.session);
  const layers = [...new Set(choices.map((choice) => chooseLayer(graph, facts, scores, choice)))];
  const plan: Plan = { methods, layers };
  await learnFacts(runtime, facts, neededFacts(model, plan), options.session);
  return plan;
}

/** Values whose shapes must be known before a layer can be chosen. */
function undecided({ graph, facts }: Model, choices: readonly LayerChoice[]): string[] {
  const named = choices.filter((choice) => graph.has(choice));
  const ruled = choices.some((choice) => choice === 'auto' || choice === 'last-conv');
  const values = ruled ? graph.nodes.flatMap(({ outputs, domain }) => (domain === '' ? outputs.slice(0, 1) : [])) : [];
  return [...named, ...values].filter((value) => !isSpatial(facts.of(value).dims) && facts.of(value).dims === undefined);
}
