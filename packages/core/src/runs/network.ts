import { GraphBuilder, gradient, type Value } from 'onnx-grad';
import { channelsFirst } from '../graph/channels-first.js';
import { appendClasses, appendTarget } from '../graph/target.js';
import type { Layout } from '../layers/layout.js';
import { learnFacts, relearn } from '../model/learn.js';
import type { Model } from '../model/model.js';
import type { Runtime, Session, SessionOptions } from '../runtime/runtime.js';
import type { Target } from '../targets/target.js';

/** A value to read or to differentiate by, and how it holds a map of the picture. */
export interface Place {
  readonly name: string;
  readonly layout: Layout;
}

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
 * The network, opened for methods that run it many times: for scores alone, or for scores and gradients. Each session is opened when it
 * is first asked for, and kept.
 */
export class Network {
  readonly #opened = new Map<string, Promise<Scoring>>();

  constructor(
    private readonly runtime: Runtime,
    readonly model: Model,
    private readonly target: Target,
    private readonly sign: 1 | -1,
    private readonly options: SessionOptions = {},
  ) {}

  /** Scores alone. */
  scoring(): Promise<Scoring> {
    return this.#once('score', () => this.#open());
  }

  /** Scores and A of a layer. */
  reading(place: Place): Promise<Scoring> {
    return this.#once(`read ${place.name}`, () => this.#open(place, false));
  }

  /** Scores, A and G of a layer or of the input. */
  differentiating(place: Place): Promise<Scoring> {
    return this.#once(`differentiate ${place.name}`, () => this.#open(place, true));
  }

  async close(): Promise<void> {
    for (const opening of this.#opened.values()) {
      const opened = await opening.catch(() => undefined);
      await opened?.session.close();
    }
    this.#opened.clear();
  }

  #once(key: string, open: () => Promise<Scoring>): Promise<Scoring> {
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const opening = open();
    this.#opened.set(key, opening);
    return opening;
  }

  async #open(place?: Place, differentiate = false): Promise<Scoring> {
    const { runtime, model, options } = this;
    const { graph, facts, scores } = model;
    if (place !== undefined) await learnFacts(runtime, facts, [place.name], options);
    const b = new GraphBuilder(graph, facts, 'gradcam');
    const classes = b.input('class', 'int64', ['classes']);
    const chosen = appendClasses(b, scores, classes);
    const { score, cotangent } = await appendTarget(b, scores, chosen, this.target, this.sign, relearn(runtime, facts, options));
    const float = (value: Value) => (b.typeOf(value) === 'float64' ? value : b.cast(value, 'float32'));
    const first = (name: string, value: Value, layout: Layout) => b.output(name, channelsFirst(b, float(value), layout));
    const named = { classes, score: b.output('gradcam/score', float(score)) };
    const extra =
      place === undefined
        ? {}
        : {
            activations: first('gradcam/activations', place.name, place.layout),
            ...(differentiate && {
              gradient: first(
                'gradcam/gradient',
                gradient(b, new Map([[scores.logits, cotangent]]), [place.name]).get(place.name) ?? '',
                place.layout,
              ),
            }),
          };
    return { session: await runtime.open(b.append(), options), ...named, ...extra };
  }
}
