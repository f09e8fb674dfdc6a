import { batch } from '@preact/signals';
import bundled from '../../../../packages/cli/model/everyday-int8.onnx?url';
import { engine, open } from '../engine/client.js';
import type { ModelFacts, ModelSource, ModelWords } from '../engine/protocol.js';
import { problemOf } from '../engine/words.js';
import { model, opening, setProblem } from '../state/store.js';
import { change, view } from '../state/view.js';
import { choicesForModel, wanted } from '../state/wanted.js';
import type { Sorted } from './files.js';

/** The key of the bundled model. */
export const EVERYDAY = 'everyday';

let openings = 0;

/**
 * Opens a model in place of the one that is open, which stays where that fails. Choices that belong to a model (class, layer) start anew.
 *
 * @param key what `view.model` says of it: `zoo:` or `file:` and its name
 * @returns whether it is open
 */
export async function openModel(key: string, source: ModelSource): Promise<boolean> {
  const preprocess = source.preprocess ?? (wanted.peek()?.model === key ? wanted.peek()?.preprocess : undefined);
  return opened({ ...source, preprocess }, () => change({ ...choicesForModel(key), preprocess }));
}

/** Opens the model that comes with the page, for the view as it is: what the page begins with. */
export function openFirst(): Promise<boolean> {
  return opened({ ...everyday(), preprocess: view.peek().preprocess }, () => {});
}

/** Opens the model that comes with the page in place of another. */
export function openBundled(): Promise<boolean> {
  return openModel(EVERYDAY, everyday());
}

function everyday(): ModelSource {
  return { name: EVERYDAY, model: new URL(bundled, document.baseURI).href };
}

async function opened(source: ModelSource, choose: () => void): Promise<boolean> {
  const turn = ++openings;
  opening.value = source.name;
  setProblem('model', undefined);
  try {
    const facts = await open(source);
    if (turn !== openings) return false;
    batch(() => {
      choose();
      keepKnown(facts);
      model.value = facts;
    });
    return true;
  } catch (error) {
    if (turn === openings) setProblem('model', problemOf(error));
    return false;
  } finally {
    if (turn === openings) opening.value = undefined;
  }
}

/** Classes of an address that the model does not have are left out: the most probable ones are explained instead. */
function keepKnown({ classes }: ModelFacts): void {
  const { class: first, other } = view.peek();
  const known = (index: number | undefined) => (index !== undefined && index < classes ? index : undefined);
  change({ class: known(first), other: known(other) });
}

/** Opens a model of the user's own with what was given along with it; labels or preprocessing alone are those of the open model. */
export async function openFiles({ model: file, external, labels, preprocess }: Sorted): Promise<void> {
  const words = { ...(labels && { labels: await labels.text() }), ...(preprocess && { preprocess: await preprocess.text() }) };
  if (file === undefined) return describe(words);
  const beside = await Promise.all(external.map(async (one) => [one.name, await bytesOf(one)] as const));
  await openModel(`file:${file.name}`, { name: file.name, model: await bytesOf(file), external: new Map(beside), ...words });
}

/** Gives the open model labels, or another preprocessing. What is not named stays as it is. */
export async function describe(words: ModelWords): Promise<void> {
  const now = model.peek();
  if (now === undefined) return;
  setProblem('model', undefined);
  try {
    const facts = await engine.describe(now.id, words);
    batch(() => {
      if ('preprocess' in words) change({ preprocess: words.preprocess });
      model.value = facts;
    });
  } catch (error) {
    setProblem('model', problemOf(error));
  }
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}
