import type { Tensor } from '@gradcam/core';
import type { ServedModel } from '../served.js';
import type { Drawing } from '../stages/draw.js';
import type { Answer, Question } from '../stages/explain.js';
import type { Read, Reading } from '../stages/read.js';

/** A picture for a network, and what is asked of it. */
export interface Asking {
  readonly tensor: Tensor;
  readonly question: Question;
}

/**
 * What computes. What waits when its signal is aborted is given up at once, what runs as soon as it can be stopped; both are rejected with the signal's
 * reason.
 */
export interface Engine {
  read(reading: Reading, signal: AbortSignal): Promise<Read>;
  explain(model: ServedModel, asking: Asking, signal: AbortSignal): Promise<Answer>;
  draw(drawing: Drawing, signal: AbortSignal): Promise<Uint8Array>;
  /** Pictures that wait for a network. */
  waiting(model: ServedModel): number;
  close(): Promise<void>;
}

/** Told of each run of a network. */
export type RunObserver = (model: string, pictures: number, seconds: number) => void;

/** How many threads there are, and how much one run takes. */
export interface EngineOptions {
  /** Of each model: its networks, a session of one thread each. */
  readonly networks: number;
  /** Of all models: threads that decode, prepare, draw and encode. */
  readonly pictures: number;
  /** Pictures of one run, where the model can take several. */
  readonly batch: number;
  readonly observe?: RunObserver;
}

/** Which pictures can share a run: those of one shape of which the same is asked. Several of the most probable classes are other classes for each. */
export function groupOf({ tensor, question: { classes, top, method } }: Asking): string {
  return top > 1 && classes.length === 0 ? `alone ${alone++}` : `${method} ${top === 0} ${classes.join()} ${tensor.dims.join()}`;
}
let alone = 0;
