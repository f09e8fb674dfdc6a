import { ZOO_MODELS, type ZooEntry, zooEntry } from '@gradcam/core';
import { computed, signal } from '@preact/signals';
import { problemOf } from '../engine/words.js';
import { setProblem } from '../state/store.js';
import { view } from '../state/view.js';
import { wanted } from '../state/wanted.js';
import { openModel } from './open.js';
import { downloadZooModel, keptSums, keptZooModel } from './zoo-download.js';

/** How `view.model` names a model of the zoo. */
const PREFIX = 'zoo:';

/** A model that can be chosen by name. */
export interface ZooChoice {
  readonly name: string;
  readonly title: string;
  readonly megabytes: number;
  /** Whether this browser has it already. */
  readonly kept: boolean;
}

/** A download under way, in bytes. */
export interface Download {
  readonly title: string;
  readonly received: number;
  readonly total: number;
}

const sums = signal<ReadonlySet<string>>(new Set());

/** Smallest first: they answer at once. */
export const zooChoices = computed<readonly ZooChoice[]>(() =>
  Object.entries(ZOO_MODELS)
    .sort(([, one], [, other]) => one.bytes - other.bytes)
    .map(([name, { title, bytes, sha256 }]) => ({ name, title, megabytes: Math.ceil(bytes / 1e6), kept: sums.value.has(sha256) })),
);

/** The choice in the list. */
export const zooName = signal(zooChoices.peek()[0]?.name ?? '');
export const download = signal<Download | undefined>(undefined);

let abort: AbortController | undefined;

/** Learns which models this browser has. */
export async function refreshKept(): Promise<void> {
  sums.value = await keptSums();
}

/**
 * Opens the model that the view names, where that is one of the zoo and this browser has it. Nothing is ever fetched
 * unasked: where it has not, the list shows it as the choice.
 */
export async function openKeptZooModel(): Promise<boolean> {
  const key = wanted.peek()?.model ?? view.peek().model;
  const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : '';
  if (!Object.hasOwn(ZOO_MODELS, name)) return false;
  zooName.value = name;
  const entry = zooEntry(name);
  const bytes = await keptZooModel(entry).catch(() => undefined);
  return bytes !== undefined && openZoo(name, entry, bytes);
}

/** Opens a model of the zoo; fetches it where this browser does not have it. */
export async function chooseZooModel(name: string): Promise<void> {
  stopDownload();
  const own = new AbortController();
  abort = own;
  setProblem('model', undefined);
  const entry = zooEntry(name);
  const report = (received: number) => {
    if (abort === own) download.value = { title: entry.title, received, total: entry.bytes };
  };
  try {
    let bytes = await keptZooModel(entry);
    if (bytes === undefined) {
      report(0);
      bytes = await downloadZooModel(entry, { signal: own.signal, onBytes: report });
    }
    if (own.signal.aborted) return;
    await openZoo(name, entry, bytes);
    await refreshKept();
  } catch (error) {
    if (!own.signal.aborted) setProblem('model', problemOf(error));
  } finally {
    if (abort === own) {
      abort = undefined;
      download.value = undefined;
    }
  }
}

/** Stops the download that is under way. */
export function stopDownload(): void {
  abort?.abort();
  abort = undefined;
  download.value = undefined;
}

function openZoo(name: string, { title, preprocess }: ZooEntry, model: Uint8Array): Promise<boolean> {
  return openModel(`${PREFIX}${name}`, { name: title, model, published: preprocess });
}
