import { proxy, type Remote, transfer, wrap } from 'comlink';
import type { Engine } from './engine.js';
import type { Answer, ModelSource, Progress, Question } from './protocol.js';
import type { StripQuestion, Tile } from './strips.js';
import { carryCodes } from './words.js';

carryCodes();

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' });

/** Tells where the worker does not start: its files could not be loaded, so that nothing will be answered. */
export function onNoEngine(failed: () => void): void {
  worker.addEventListener('error', failed, { once: true });
}

/** The engine in its worker. What takes no signal and no transfer is asked of it directly. */
export const engine: Remote<Engine> = wrap<Engine>(worker);

let tickets = 0;

/** A new number for a question that can be stopped: `engine.explain(…, ticket)`, `engine.stop(ticket)`. */
export function ticket(): number {
  return ++tickets;
}

/** Asks with a ticket that an abort hands back. */
export async function stoppable<T>(signal: AbortSignal, ask: (ticket: number) => Promise<T>): Promise<T> {
  const number = ticket();
  const stop = () => void engine.stop(number);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await ask(number);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

export function explain(question: Question, signal: AbortSignal, progress: Progress): Promise<Answer> {
  return stoppable(signal, (number) => engine.explain(question, number, proxy(progress)));
}

export function layerStrip(
  question: StripQuestion,
  method: string,
  layers: readonly string[],
  signal: AbortSignal,
  tile: (tile: Tile) => void,
): Promise<void> {
  return stoppable(signal, (number) => engine.layerStrip(question, method, layers, number, proxy(tile)));
}

export function methodStrip(
  question: StripQuestion,
  layer: string,
  names: readonly string[],
  signal: AbortSignal,
  tile: (tile: Tile) => void,
  progress?: Progress,
): Promise<void> {
  return stoppable(signal, (number) =>
    engine.methodStrip(question, layer, names, number, proxy(tile), progress === undefined ? undefined : proxy(progress)),
  );
}

/** Hands a model over; its bytes are not copied, and are empty on this side afterwards. */
export function open(source: ModelSource) {
  const bytes = typeof source.model === 'string' ? [] : [source.model.buffer as ArrayBuffer];
  const data = [...(source.external?.values() ?? [])].map(({ buffer }) => buffer as ArrayBuffer);
  return engine.open(transfer(source, [...new Set([...bytes, ...data])]));
}

/** Hands a picture over; a bitmap is gone on this side afterwards. */
export function show(id: number, picture: ImageBitmap | Blob) {
  return engine.show(id, picture instanceof ImageBitmap ? transfer(picture, [picture]) : picture);
}
