import {
  type Explainer,
  type Explanation,
  exportExplained,
  GradcamError,
  type ImageResult,
  inTypeOf,
  layersOf,
  methods,
  type RgbImage,
  type Runtime,
  type Tensor,
} from '@gradcam/core';
import { transfer } from 'comlink';
import type { Drawing } from './drawings.js';
import { Explainers } from './explainers.js';
import { buffersOf, type InsideAnswer, type InsideQuestion, Insides } from './inside.js';
import { factsOf, type OpenModel, readSource } from './model.js';
import { Pictures } from './pictures.js';
import type { Answer, Evidence, LayerFacts, MethodFacts, ModelFacts, ModelSource, ModelWords, Progress, Question } from './protocol.js';
import { type OnTile, type StripQuestion, Strips } from './strips.js';

/** What is open: a model, and the explainers that were asked of it. */
interface Opened extends OpenModel {
  readonly runtime: Runtime;
  readonly explainers: Explainers;
  readonly insides: Insides;
  readonly strips: Strips;
}

/** The page's engine: it holds one model and one picture and answers questions about them. It lives in the worker and knows nothing of it. */
export class Engine {
  readonly #pictures = new Pictures();
  readonly #stops = new Map<number, { aborted: boolean }>();
  #opened: Opened | undefined;
  #models = 0;
  #openings = 0;

  constructor(
    private readonly runtime: Promise<Runtime>,
    private readonly read: (source: ImageBitmap | Blob) => Promise<RgbImage>,
  ) {}

  /** Waits for the runtime, and says its name: `onnxruntime-web 1.30.0 (wasm, 4 threads)`. */
  async ready(): Promise<string> {
    return (await this.runtime).name;
  }

  /** Reads a model and makes it the one that is asked; the one before stays where that fails. @throws GradcamError, OnnxGradError */
  async open(source: ModelSource): Promise<ModelFacts> {
    const turn = ++this.#openings;
    const read = await readSource(this.runtime, source, ++this.#models);
    if (turn !== this.#openings) throw new GradcamError('aborted', 'another model was opened since');
    const runtime = await this.runtime;
    const before = this.#opened;
    const { bytes, session } = read;
    this.#opened = {
      ...read,
      runtime,
      explainers: new Explainers(runtime, bytes, session),
      insides: new Insides(runtime, bytes, session),
      strips: new Strips(runtime, bytes, session),
    };
    await Promise.all([before?.explainers.close(), before?.insides.close(), before?.strips.close()]);
    return read.facts;
  }

  /**
   * The open model with other labels or another preprocessing; what was loaded of it stays.
   *
   * @returns its facts, with an id of their own: what was asked before is another question
   * @throws GradcamError `invalid-labels`, `invalid-preprocess`
   */
  async describe(id: number, words: ModelWords): Promise<ModelFacts> {
    const opened = this.#model(id);
    const source = { ...opened.source, ...words };
    const facts = await factsOf(opened, source, ++this.#models);
    this.#opened = { ...opened, source, facts };
    return facts;
  }

  /** Makes a picture the one that is asked about; its bytes are decoded at once. @throws GradcamError `invalid-image`, `limit` */
  async show(id: number, picture: ImageBitmap | Blob): Promise<void> {
    const reading = this.read(picture);
    this.#pictures.show(id, reading);
    await reading;
  }

  /** Every layer that can be explained, in the order of the graph. */
  async layers(model: number): Promise<readonly LayerFacts[]> {
    const { runtime, model: read, session } = this.#model(model);
    const listed = await layersOf(runtime, read, { session });
    return listed.map(({ name, operator, shape, layout, isDefault }) => ({
      name,
      operator,
      shape,
      channels: layout.channels,
      isDefault,
      isConvolution: /conv/i.test(operator),
    }));
  }

  /** Every method, in the order in which lists show them. */
  methods(): readonly MethodFacts[] {
    return methods.map((method) => ({
      name: method.name,
      title: method.title,
      summary: method.summary,
      source: method.source,
      of: method.of,
      cost: method.cost,
      slow: method.kind === 'runs',
      exportable: method.kind === 'graph',
    }));
  }

  /**
   * Answers a question.
   *
   * @param ticket any number of the caller's, with which it can `stop` the work
   * @throws GradcamError `aborted` where model or picture are not those of the question any more, or it was stopped
   */
  async explain(question: Question, ticket: number, progress?: Progress): Promise<Answer> {
    const { facts, explainers } = this.#model(question.model);
    const image = await this.#pictures.image(question.picture);
    const { input, placement } = await this.#input(question);
    const { layer, method } = question;
    return this.#stoppable(ticket, async (signal) => {
      const classes = await this.#classes(question, explainers, input);
      const against = await this.#against(question, explainers, input, classes);
      const tell = progress && { progress: (done: number, total: number) => void progress(done, total) };
      const ask = async (explainer: Explainer) => {
        const started = performance.now();
        const result = await explainer.explainOne(input, classes, { signal, ...tell });
        return { result, milliseconds: performance.now() - started };
      };
      const { result, milliseconds } = await explainers.use({ layer, method, against }, ask);
      return {
        question,
        probabilities: probabilitiesOf(result, facts.classes),
        evidence: result.explanations.map((explanation) => evidenceOf(explanation, against)),
        placement,
        picture: { width: image.width, height: image.height },
        milliseconds,
      };
    });
  }

  /** Takes Grad-CAM apart: what each channel of a layer says. @throws as `explain`, and as `openChannels` */
  async inside(question: InsideQuestion): Promise<InsideAnswer> {
    const { insides, facts } = this.#model(question.model);
    const { input, placement } = await this.#input(question);
    const [height, width] = facts.preprocess.size;
    const parts = await insides.parts(input, question);
    return transfer({ question, parts, placement, input: { width, height } }, buffersOf(parts));
  }

  /** A small map of each layer, told as each is there. @throws GradcamError `aborted` */
  async layerStrip(question: StripQuestion, method: string, layers: readonly string[], ticket: number, tile: OnTile): Promise<void> {
    const { strips, facts } = this.#model(question.model);
    const { input } = await this.#input(question);
    const { size } = facts.preprocess;
    await this.#stoppable(ticket, (signal) => strips.ofLayers(input, size, question, method, layers, tile, { signal }));
  }

  /** A map by each method at a layer, told as each is there. @throws GradcamError `aborted` */
  async methodStrip(
    question: StripQuestion,
    layer: string,
    names: readonly string[],
    ticket: number,
    tile: OnTile,
    progress?: Progress,
  ): Promise<void> {
    const { strips } = this.#model(question.model);
    const { input } = await this.#input(question);
    await this.#stoppable(ticket, (signal) =>
      strips.ofMethods(input, question, layer, names, tile, {
        signal,
        ...(progress && { progress: (done, total) => void progress(done, total) }),
      }),
    );
  }

  /** Stops what was asked with this ticket, if it is still under way. */
  stop(ticket: number): void {
    const stop = this.#stops.get(ticket);
    if (stop !== undefined) stop.aborted = true;
  }

  /** The open model as one that explains itself: an ONNX file with one output more. @throws GradcamError where the method cannot be exported */
  async exportModel(id: number, { layer, method, class: index }: { layer: string; method: string; class?: number }): Promise<Uint8Array> {
    const { runtime, bytes, session } = this.#model(id);
    const options = { layers: [layer], methods: [method], session, ...(index !== undefined && { class: index }) };
    return (await exportExplained(runtime, bytes, options)).bytes;
  }

  /** The picture under its heatmap, or a figure of both, as a PNG file. What draws them is loaded when it is first asked for. */
  async draw(picture: number, kind: 'overlay' | 'figure', drawing: Drawing): Promise<Blob> {
    const image = await this.#pictures.image(picture);
    const { figurePng, overlayPng } = await import('./drawings.js');
    return (kind === 'figure' ? figurePng : overlayPng)(image, drawing);
  }

  /** The picture of a question as the network takes it. */
  async #input({ model: id, picture }: { readonly model: number; readonly picture: number }) {
    const { model, facts } = this.#model(id);
    const { tensor, placement } = await this.#pictures.prepared(picture, facts.preprocess, model.input.channels);
    return { input: inTypeOf(tensor, model.input), placement };
  }

  #model(id: number): Opened {
    if (this.#opened?.facts.id === id) return this.#opened;
    throw new GradcamError('aborted', 'another model came since');
  }

  async #stoppable<T>(ticket: number, work: (signal: { readonly aborted: boolean }) => Promise<T>): Promise<T> {
    const stop = { aborted: false };
    this.#stops.set(ticket, stop);
    try {
      return await work(stop);
    } finally {
      this.#stops.delete(ticket);
    }
  }

  /** The classes of a question, and the most probable of the others where it wants more than it names. */
  async #classes({ classes, fill = 0, layer, method }: Question, explainers: Explainers, input: Tensor): Promise<readonly number[]> {
    if (classes.length >= fill) return classes;
    const ranked = await this.#ranked({ layer, method }, explainers, input);
    return [...classes, ...ranked.filter((index) => !classes.includes(index))].slice(0, fill);
  }

  async #against(
    { against, layer, method }: Question,
    explainers: Explainers,
    input: Tensor,
    classes: readonly number[],
  ): Promise<number | undefined> {
    if (against !== 'next') return against;
    const ranked = await this.#ranked({ layer, method }, explainers, input);
    return ranked.find((index) => index !== (classes[0] ?? ranked[0]));
  }

  /** All classes, the most probable first: a run in which nothing is explained. */
  #ranked(asked: { layer: string; method: string }, explainers: Explainers, input: Tensor): Promise<readonly number[]> {
    return explainers.use(asked, async (explainer) => {
      const { predictions } = await explainer.explainOne(input, [], { methods: [] });
      return predictions.map(({ index }) => index);
    });
  }
}

function probabilitiesOf({ predictions }: ImageResult, classes: number): Float32Array {
  const all = new Float32Array(classes);
  for (const { index, probability } of predictions) all[index] = probability;
  return all;
}

function evidenceOf(explanation: Explanation, against: number | undefined): Evidence {
  const { class: predicted, score, heatmap, maps, layers, evidence: found } = explanation;
  const [map = heatmap] = maps;
  return { class: predicted.index, against, probability: predicted.probability, score, heatmap, map, layers, found };
}
