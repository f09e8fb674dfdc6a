import { findClass, GradcamError, type ImageInput, type Preprocess } from '@gradcam/core';
import { proxy, type Remote, transfer } from 'comlink';
import { nameOf, type PictureSource } from '../picture/read.js';
import type { WebDevice } from '../runtime/web.js';
import type { Engine } from './engine.js';
import { unwrap } from './errors.js';
import { crossing, explained } from './portable.js';
import type { ModelFacts, Progress } from './protocol.js';
import { WebResult } from './result.js';
import type { Thread } from './thread.js';

/** How one question is asked. */
export interface ExplainOptions {
  /** Indices or labels of the classes to explain; default: the most probable one. */
  readonly classes?: readonly (number | string)[];
  /** Names of the explainer's methods that are to answer; default: all of them. */
  readonly methods?: readonly string[];
  /** Stops the question: at once where it still waits, between two runs of the network where it is being answered. */
  readonly signal?: AbortSignal;
  /** Told during methods of many runs. */
  readonly progress?: Progress;
  /** What messages and figures call the picture; default: its file's name. */
  readonly name?: string;
}

/** A model in a worker, loaded so that every run answers with prediction and explanation at once. Made by `openExplainer`. */
export class WebExplainer {
  #tickets = 0;

  /** @internal */
  constructor(
    private readonly facts: ModelFacts,
    private readonly thread: Thread,
    private readonly engine: Remote<Engine>,
  ) {}

  /** What it runs on: `onnxruntime-web 1.30.0 (wasm, 4 threads)`. */
  get runtime(): string {
    return this.facts.runtime;
  }

  get device(): WebDevice {
    return this.facts.device;
  }

  /** What the output holds: scores of classes, pixels or boxes, or an embedding. */
  get kind(): ModelFacts['kind'] {
    return this.facts.kind;
  }

  get input(): ImageInput {
    return this.facts.input;
  }

  get preprocess(): Preprocess {
    return this.facts.preprocess;
  }

  /** Number of classes, or of references where a similarity to them is explained. */
  get classes(): number {
    return this.facts.classes;
  }

  /** Class 0 first; empty where nobody has named them. */
  get labels(): readonly string[] {
    return this.facts.labels;
  }

  /** Names of the values that are explained. */
  get layers(): readonly string[] {
    return this.facts.layers;
  }

  /** What was assumed or left aside when the model was opened, a sentence each: worth showing to users. */
  get notes(): readonly string[] {
    return this.facts.notes;
  }

  /**
   * Explains a picture. Questions are answered one after another.
   *
   * @throws GradcamError `unknown-class`, `invalid-image`, `limit`, `runtime`, `aborted`
   */
  async explain(source: PictureSource, options: ExplainOptions = {}): Promise<WebResult> {
    const { signal, progress, methods, name = nameOf(source) } = options;
    const classes = (options.classes ?? []).map((query) => findClass(this.labels, query, this.classes));
    const { picture, transfer: moving } = await this.thread.alive(crossing(source, name));
    if (signal?.aborted) throw new GradcamError('aborted', 'the question was stopped before it was asked');
    const ticket = ++this.#tickets;
    const stop = () => void this.engine.stop(ticket);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const question = transfer({ ticket, picture, name, classes, methods }, moving);
      const answer = unwrap(await this.thread.alive(this.engine.explain(question, progress && proxy(progress))));
      return new WebResult(answer, this.labels, name);
    } catch (error) {
      throw explained(error, name);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends the worker, which gives all memory back. Questions that are not answered are rejected. */
  async close(): Promise<void> {
    this.thread.end(new GradcamError('runtime', 'The explainer is closed; open the model again to ask it.'));
  }
}
