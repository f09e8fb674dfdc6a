import { computed, signal } from '@preact/signals';
import { layerStrip, methodStrip } from '../engine/client.js';
import { Latest } from '../engine/latest.js';
import type { MethodFacts } from '../engine/protocol.js';
import type { StripQuestion, Tile } from '../engine/strips.js';
import { type Problem, problemOf } from '../engine/words.js';
import { answer, busy, current, layers, methods, picture } from '../state/store.js';
import { view } from '../state/view.js';
import { layersToShow, methodsToShow } from './pick.js';

/** Small maps by the name of their layer or method, and whose they are. */
export interface Tiles {
  /** The question they answer, as text; tiles of another one are not shown. */
  readonly key: string;
  readonly tiles: ReadonlyMap<string, Tile>;
}

const none: Tiles = { key: '', tiles: new Map() };

export const layerTiles = signal<Tiles>(none);
export const methodTiles = signal<Tiles>(none);

/** The class whose small maps are shown: that of the heatmap, unless a camera is on. */
const asked = computed<StripQuestion | undefined>(() => {
  const [first] = answer.value?.evidence ?? [];
  if (!current.value || busy.value || first === undefined || answer.value === undefined || picture.value?.live) return undefined;
  const { model, picture: shown } = answer.value.question;
  return { model, picture: shown, class: first.class, against: first.against };
});

export const shownLayers = computed(() => layersToShow(layers.value ?? [], view.value.layer));
export const shownMethods = computed(() => methodsToShow(methods.value));

/** By which method layers are shown: the one that is chosen, where it is quick and explains layers. */
export const layerMethod = computed(() => {
  const { method } = view.value;
  const { quick } = shownMethods.value;
  return quick.some(({ name, of }) => name === method && of === 'layer') ? method : 'gradcam';
});

interface LayersAsked {
  readonly question: StripQuestion;
  readonly method: string;
  readonly names: readonly string[];
}

interface MethodsAsked {
  readonly question: StripQuestion;
  readonly layer: string;
  readonly names: readonly string[];
}

export const layersAsked = computed<LayersAsked | undefined>(() => {
  const question = asked.value;
  const names = shownLayers.value.map(({ name }) => name);
  return question === undefined || names.length === 0 ? undefined : { question, method: layerMethod.value, names };
});

export const methodsAsked = computed<MethodsAsked | undefined>(() => {
  const question = asked.value;
  const names = shownMethods.value.quick.map(({ name }) => name);
  return question === undefined || names.length === 0 ? undefined : { question, layer: view.value.layer, names };
});

/** Puts a tile into a strip, unless the strip has been started anew since. */
function into(strip: typeof layerTiles, key: string, signal: AbortSignal): (tile: Tile) => void {
  strip.value = { key, tiles: strip.peek().key === key ? strip.peek().tiles : new Map() };
  return (tile) => {
    const { key: now, tiles } = strip.peek();
    if (!signal.aborted && now === key) strip.value = { key, tiles: new Map([...tiles, [tile.name, tile]]) };
  };
}

/** Tiles belong to a question and what else is the same for all of them. */
const keyOf = (question: StripQuestion, common: string) => JSON.stringify([question, common]);

/** What a strip as a whole could not do is said by the heatmap, which asks the same; each tile says its own. */
const quietly = { heard: () => {}, failed: () => {} };

const askingLayers = new Latest<LayersAsked, void>({
  answer: ({ question, method, names }, signal) =>
    layerStrip(question, method, names, signal, into(layerTiles, keyOf(question, method), signal)),
  ...quietly,
});

const askingMethods = new Latest<MethodsAsked, void>({
  answer: ({ question, layer, names }, signal) =>
    methodStrip(question, layer, names, signal, into(methodTiles, keyOf(question, layer), signal)),
  ...quietly,
});

/** Asks for the layers' tiles that are not there yet. */
export function askLayers(wanted: LayersAsked): void {
  const { key, tiles } = layerTiles.peek();
  const missing = key === keyOf(wanted.question, wanted.method) ? wanted.names.filter((name) => !tiles.has(name)) : wanted.names;
  if (missing.length > 0) askingLayers.ask({ ...wanted, names: missing });
}

/** Asks for the quick methods' tiles that are not there yet. */
export function askMethods(wanted: MethodsAsked): void {
  const { key, tiles } = methodTiles.peek();
  const missing = key === keyOf(wanted.question, wanted.layer) ? wanted.names.filter((name) => !tiles.has(name)) : wanted.names;
  if (missing.length > 0) askingMethods.ask({ ...wanted, names: missing });
}

/** A slow method under way, or what became of it. */
export interface Slow {
  readonly done: number;
  readonly total: number;
  readonly stop: () => void;
}

/** Slow methods that are worked on, by name. */
export const slow = signal<ReadonlyMap<string, Slow>>(new Map());
export const slowProblem = signal<Problem | undefined>(undefined);

function setSlow(name: string, state: Slow | undefined): void {
  const others = [...slow.peek()].filter(([other]) => other !== name);
  slow.value = new Map(state === undefined ? others : [...others, [name, state]]);
}

/** Works out a slow method; its tile appears in the strip. A stop reaches the worker between two runs of the network. */
export async function askSlow({ name }: MethodFacts): Promise<void> {
  const wanted = methodsAsked.peek();
  if (wanted === undefined || slow.peek().has(name)) return;
  const { question, layer } = wanted;
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const tile = into(methodTiles, keyOf(question, layer), stopping.signal);
  setSlow(name, { done: 0, total: 0, stop });
  try {
    await methodStrip(question, layer, [name], stopping.signal, tile, (done, total) => {
      if (slow.peek().has(name)) setSlow(name, { done, total, stop });
    });
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code !== 'aborted') tile({ name, problem });
  } finally {
    setSlow(name, undefined);
  }
}

/** Stops all slow methods: what they work on is not shown any more. */
export function stopSlow(): void {
  for (const { stop } of slow.peek().values()) stop();
}
