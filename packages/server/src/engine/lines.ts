import type { Tensor } from '@gradcam/core';
import type { ServedModel } from '../served.js';
import type { Answer, Question } from '../stages/explain.js';
import { type Asking, type Engine, type EngineOptions, groupOf } from './engine.js';
import { Line } from './line.js';

/** A run of a model's network: the same is asked of several pictures. @param signal aborted once nobody waits for the answers */
export type Run = (tensors: readonly Tensor[], question: Question, signal: AbortSignal) => Promise<readonly Answer[]>;

/** The lines in which pictures wait, one before the networks of each model. */
export class Lines implements Pick<Engine, 'explain' | 'waiting'> {
  readonly #options: EngineOptions;
  readonly #lines = new Map<string, Line<Asking, Answer>>();

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  add({ name, batches }: ServedModel, run: Run): void {
    const { networks, batch, observe } = this.#options;
    const timed = async (asked: readonly Asking[], signal: AbortSignal) => {
      const [first] = asked;
      if (first === undefined) return [];
      const begin = performance.now();
      const tensors = asked.map(({ tensor }) => tensor);
      const answers = await run(tensors, first.question, signal);
      observe?.(name, asked.length, (performance.now() - begin) / 1000);
      return answers;
    };
    this.#lines.set(name, new Line({ runs: networks, most: batches ? batch : 1, group: groupOf, run: timed }));
  }

  explain(model: ServedModel, asking: Asking, signal: AbortSignal): Promise<Answer> {
    return this.#of(model).submit(asking, signal);
  }

  waiting(model: ServedModel): number {
    return this.#of(model).waiting;
  }

  #of({ name }: ServedModel): Line<Asking, Answer> {
    const line = this.#lines.get(name);
    if (line === undefined) throw new Error(`there is no model '${name}'`);
    return line;
  }
}
