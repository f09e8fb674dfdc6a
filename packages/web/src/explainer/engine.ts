import { type Explainer, type Failure, GradcamError, type ImageResult, inTypeOf, openExplainer, preprocess } from '@gradcam/core';
import { transfer } from 'comlink';
import { type DownloadProgress, readModelBytes } from '../model/read.js';
import { readPicture } from '../picture/read.js';
import { Queue } from '../runtime/queue.js';
import { webRuntime } from '../runtime/web.js';
import { attempt } from './errors.js';
import { knownOf } from './facts.js';
import type { Answer, EngineOptions, ModelFacts, Progress, Question } from './protocol.js';
import { targetOf } from './target.js';

interface Opened {
  readonly explainer: Explainer;
  readonly facts: ModelFacts;
}

/** What lives in the worker: one model, asked one question after another. */
export class Engine {
  readonly #turns = new Queue();
  readonly #waiting = new Map<number, { aborted: boolean }>();
  #opened: Opened | undefined;

  open(
    model: Uint8Array | ArrayBuffer | Blob | string,
    options: EngineOptions,
    download?: DownloadProgress,
  ): Promise<ModelFacts | Failure> {
    return attempt(async () => {
      const { device, threads, assets, target, labels: _, preprocess: __, name = 'the model', ...rest } = options;
      const { bytes, room } = await readModelBytes(model, name, download);
      const runtime = await webRuntime({ device, threads, assets, modelBytes: bytes.length });
      const explainer = await openExplainer(runtime, bytes, {
        ...rest,
        ...(target !== undefined && { target: targetOf(target) }),
        ...(room !== undefined && { room }),
      });
      const known = await knownOf(explainer, options, name);
      const { input, scores } = explainer.model;
      const { classes, layers } = explainer;
      const facts = {
        ...known,
        runtime: runtime.name,
        device: runtime.device,
        threads: runtime.threads,
        input,
        kind: scores.kind,
        classes,
        layers,
      };
      this.#opened = { explainer, facts };
      return facts;
    });
  }

  explain(question: Question, progress?: Progress): Promise<Answer | Failure> {
    const signal = { aborted: false };
    this.#waiting.set(question.ticket, signal);
    return this.#turns.add(() =>
      attempt(() => this.#explain(question, signal, progress)).finally(() => this.#waiting.delete(question.ticket)),
    );
  }

  /** Stops a question that waits or is being answered. */
  stop(ticket: number): void {
    const signal = this.#waiting.get(ticket);
    if (signal !== undefined) signal.aborted = true;
  }

  async #explain(
    { picture, name, classes, methods }: Question,
    signal: { readonly aborted: boolean },
    progress?: Progress,
  ): Promise<Answer> {
    if (signal.aborted) throw new GradcamError('aborted', 'the question was stopped before it was asked');
    if (this.#opened === undefined) throw new GradcamError('runtime', 'no model is open');
    const { explainer, facts } = this.#opened;
    const image = await readPicture(picture, { name });
    if (picture instanceof ImageBitmap) picture.close();
    const started = performance.now();
    const { tensor, placement } = preprocess(image, facts.preprocess, facts.input.channels);
    const result = await explainer.explainOne(inTypeOf(tensor, facts.input), classes, {
      signal,
      ...(methods !== undefined && { methods }),
      ...(progress !== undefined && { progress }),
    });
    const answer = { ...answerOf(result), picture: image, placement, milliseconds: performance.now() - started };
    return transfer(answer, [...buffersOf(answer)]);
  }
}

function answerOf({ predictions, boxes, explanations }: ImageResult) {
  return {
    ranking: Uint32Array.from(predictions, ({ index }) => index),
    probabilities: Float32Array.from(predictions, ({ probability }) => probability),
    boxes,
    // Plain data instead of what is computed when it is asked for.
    explanations: explanations.map((one) => ({ ...one, class: { index: one.class.index, probability: one.class.probability } })),
  };
}

/** The memory of all arrays, which moves to the other side instead of being copied; maps may share it. */
function buffersOf({ picture, ranking, probabilities, explanations }: Answer): Set<ArrayBuffer> {
  const arrays = [
    picture.data,
    ranking,
    probabilities,
    ...explanations.flatMap(({ heatmap, maps }) => [heatmap, ...maps].map(({ data }) => data)),
  ];
  return new Set(arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer));
}
