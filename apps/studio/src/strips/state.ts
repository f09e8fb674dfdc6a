import { computed, type Signal, signal } from '@preact/signals';
import { layerStrip, methodStrip } from '../engine/client.js';
import { Latest } from '../engine/latest.js';
import type { MethodFacts } from '../engine/protocol.js';
import type { StripQuestion, Tile } from '../engine/strips.js';
import { problemOf } from '../engine/words.js';
import { answer, busy, current, layers, methods, picture } from '../state/store.js';
import { view } from '../state/view.js';
import { layersToShow, methodsToShow } from './pick.js';

/** Small maps by the name of their layer or method, and whose they are. */
interface Strip {
  /** What they answer, as text. */
  readonly key: string;
  readonly picture: number | undefined;
  readonly tiles: ReadonlyMap<string, Tile>;
}

const none: Strip = { key: '', picture: undefined, tiles: new Map() };

export const layersAnswered = signal<Strip>(none);
export const methodsAnswered = signal<Strip>(none);

/** The small maps of the picture that is shown. */
const tilesOf = (strip: Signal<Strip>) => computed(() => (strip.value.picture === picture.value?.id ? strip.value.tiles : none.tiles));

export const layerTiles = tilesOf(layersAnswered);
export const methodTiles = tilesOf(methodsAnswered);

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

/** What a strip is asked: maps by names, of a question, with something that all have in common. */
interface Asking {
  readonly question: StripQuestion;
  readonly names: readonly string[];
}

interface LayersAsked extends Asking {
  readonly method: string;
}

interface MethodsAsked extends Asking {
  readonly layer: string;
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

/** Puts tiles into a strip, unless it has been started anew since. What it holds of another question goes. */
function into(strip: Signal<Strip>, key: string, { picture: of }: StripQuestion, signal: AbortSignal): (tile: Tile) => void {
  if (strip.peek().key !== key) strip.value = { key, picture: of, tiles: new Map() };
  return (tile) => {
    const now = strip.peek();
    if (!signal.aborted && now.key === key) strip.value = { ...now, tiles: new Map([...now.tiles, [tile.name, tile]]) };
  };
}

/** Tiles belong to a question and what else is the same for all of them. */
const keyOf = (question: StripQuestion, common: string) => JSON.stringify([question, common]);

/**
 * A strip that is worked on: it asks for the tiles that are not there yet, and for none that is on its way. What a strip as a whole could not do is said by
 * the heatmap, which asks the same; each tile says its own.
 */
function strip<Asked extends Asking>(
  shown: Signal<Strip>,
  common: (asked: Asked) => string,
  run: (asked: Asked, signal: AbortSignal, tile: (tile: Tile) => void) => Promise<void>,
) {
  let under: { readonly key: string; readonly names: readonly string[] } | undefined;
  const keyFor = (asked: Asked) => keyOf(asked.question, common(asked));
  const latest = new Latest<Asked, void>({
    answer: (asked, signal) => run(asked, signal, into(shown, keyFor(asked), asked.question, signal)),
    heard: () => {},
    failed: () => {},
    busy: (working) => {
      if (!working) under = undefined;
    },
  });
  return {
    ask: (wanted: Asked) => {
      const key = keyFor(wanted);
      const { key: known, tiles } = shown.peek();
      const missing = wanted.names.filter((name) => known !== key || !tiles.has(name));
      if (missing.length === 0 || (under?.key === key && missing.every((name) => under?.names.includes(name)))) return;
      under = { key, names: missing };
      latest.ask({ ...wanted, names: missing });
    },
    /** The heatmap comes first: what is under way stops between two maps. */
    drop: () => {
      under = undefined;
      latest.drop();
    },
  };
}

export const layersStrip = strip<LayersAsked>(
  layersAnswered,
  ({ method }) => method,
  ({ question, method, names }, signal, tile) => layerStrip(question, method, names, signal, tile),
);

export const methodsStrip = strip<MethodsAsked>(
  methodsAnswered,
  ({ layer }) => layer,
  ({ question, layer, names }, signal, tile) => methodStrip(question, layer, names, signal, tile),
);

/** A slow method under way, or what became of it. */
export interface Slow {
  readonly done: number;
  readonly total: number;
  readonly stop: () => void;
}

/** Slow methods that are worked on, by name. */
export const slow = signal<ReadonlyMap<string, Slow>>(new Map());

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
  const tile = into(methodsAnswered, keyOf(question, layer), question, stopping.signal);
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
