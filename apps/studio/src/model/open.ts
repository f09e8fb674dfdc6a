import bundled from '../../../../packages/cli/model/everyday-int8.onnx?url';
import { open } from '../engine/client.js';
import type { ModelSource } from '../engine/protocol.js';
import { problemOf } from '../engine/words.js';
import { model, opening, setProblem } from '../state/store.js';
import { change, view } from '../state/view.js';

/** The key of the bundled model. */
export const EVERYDAY = 'everyday';

let openings = 0;

/**
 * Opens a model in place of the one that is open, which stays where that fails. Choices that belong to a model (class, layer) start anew.
 *
 * @param key what `view.model` says of it
 * @param keep whether the view's choices were made for this model
 */
export async function openModel(key: string, source: ModelSource, keep = false): Promise<boolean> {
  const turn = ++openings;
  opening.value = source.name;
  setProblem('model', undefined);
  try {
    const facts = await open(source);
    if (turn !== openings) return false;
    if (!keep) change({ model: key, class: undefined, other: undefined, layer: 'auto' });
    model.value = facts;
    return true;
  } catch (error) {
    if (turn === openings) setProblem('model', problemOf(error));
    return false;
  } finally {
    if (turn === openings) opening.value = undefined;
  }
}

/** Opens the model that comes with the page. */
export function openBundled(keep = false): Promise<boolean> {
  const { preprocess } = view.peek();
  const url = new URL(bundled, document.baseURI).href;
  return openModel(EVERYDAY, { name: EVERYDAY, model: url, ...(preprocess !== undefined && { preprocess }) }, keep);
}
