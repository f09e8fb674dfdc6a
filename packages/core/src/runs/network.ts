import { GraphBuilder, gradient, type Value } from 'onnx-grad';
import { contextOf } from '../graph/context.js';
import { appendClasses, appendScore, appendTarget } from '../graph/target.js';
import type { Place } from '../layers/layout.js';
import { learnFacts, relearn } from '../model/learn.js';
import type { Model } from '../model/model.js';
import { unpacking } from '../model/unpacking.js';
import type { Runtime, Session, SessionOptions } from '../runtime/runtime.js';
import type { Target } from '../targets/target.js';
import { type FrontSession, type MaskedTail, openFront, openTail, type Split, splitAt } from './split.js';

/** A session that gives y, and perhaps more, of each picture of a batch. */
export interface Scoring {
  readonly session: Session;
  /** Name of the input of class indices, int64 [pictures]. */
  readonly classes: string;
  /** Name of the output y, float [pictures]. */
  readonly score: string;
  /** A and G, channels first, where they were asked for. */
  readonly activations?: string;
  readonly gradient?: string;
}

/**
 * The network, opened for methods that run it many times: for scores, for scores and gradients, or in two parts, up to a layer and from there
 * on. Each session is opened when it is first asked for, and kept.
 */
export class Network {
  readonly #opened = new Map<string, Promise<{ readonly session: Session }>>();
  readonly #splits = new Map<string, Promise<Split>>();
  private readonly options: SessionOptions;

  constructor(
    private readonly runtime: Runtime,
    readonly model: Model,
    private readonly target: Target,
    private readonly sign: 1 | -1,
    options: SessionOptions = {},
  ) {
    this.options = unpacking(model.graph, options);
  }

  /** Scores alone. */
  scoring(): Promise<Scoring> {
    return this.#once('score', () => this.#open());
  }

  /** Scores, A and G of a layer or of the input. */
  differentiating(place: Place): Promise<Scoring> {
    return this.#once(`differentiate ${place.name}`, () => this.#open(place));
  }

  /** Where it is cut at a layer. */
  split(layer: Place): Promise<Split> {
    const known = this.#splits.get(layer.name) ?? splitAt(this.runtime, this.model, layer, this.options);
    this.#splits.set(layer.name, known);
    return known;
  }

  /** From the picture to a layer. */
  front(layer: Place): Promise<FrontSession> {
    return this.#once(`front ${layer.name}`, async () => openFront(this.runtime, await this.split(layer), this.options));
  }

  /** From a layer to the score. */
  tail(layer: Place): Promise<MaskedTail> {
    return this.#once(`tail ${layer.name}`, async () => openTail(this.runtime, await this.split(layer), this.target, this.options));
  }

  async close(): Promise<void> {
    for (const opening of this.#opened.values()) {
      const opened = await opening.catch(() => undefined);
      await opened?.session.close();
    }
    this.#opened.clear();
  }

  #once<T extends { readonly session: Session }>(key: string, open: () => Promise<T>): Promise<T> {
    // The key says what was opened.
    const known = this.#opened.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const opening = open();
    this.#opened.set(key, opening);
    return opening;
  }

  async #open(place?: Place): Promise<Scoring> {
    const { runtime, model, options } = this;
    const { graph, facts, input, scores } = model;
    if (place !== undefined) await learnFacts(runtime, facts, [place.name], options);
    const b = new GraphBuilder(graph, facts, 'gradcam');
    const classes = b.input('class', 'int64', ['classes']);
    const chosen = appendClasses(b, scores, classes, this.target);
    const float = (value: Value) => (b.typeOf(value) === 'float64' ? value : b.cast(value, 'float32'));
    const named = (score: Value) => ({ classes, score: b.output('gradcam/score', float(score)) });
    if (place === undefined) {
      const score = named(appendScore(b, scores, chosen, this.target));
      return { session: await runtime.open(b.append(), options), ...score };
    }
    const learn = relearn(runtime, facts, options);
    const { score, cotangent } = await appendTarget(b, scores, chosen, this.target, this.sign, learn);
    const scored = named(score);
    const found = gradient(b, new Map([[scores.logits, cotangent]]), [place.name]);
    // The real numbers for which a quantised layer stands, as all other methods read them.
    const { activations, gradients } = contextOf({ b, input, seed: 0, learn }, place, undefined, { score, gradients: found });
    const derivative = { activations: b.output('gradcam/activations', activations), gradient: b.output('gradcam/gradient', gradients) };
    return { session: await runtime.open(b.append(), options), ...scored, ...derivative };
  }
}
