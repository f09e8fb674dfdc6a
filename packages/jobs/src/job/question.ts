import { GradcamError } from '@gradcam/core';
import type { Files } from '../files/files.js';

/** What was asked of a folder, for whoever reads its results. */
export const QUESTION = 'batch.json';

/** Bytes of a question: labels of the largest classifiers, and more. */
const MAX_BYTES = 2 ** 26;

/** How a run comes by its results, and where it writes down what is done: the one does not know what the other has done. */
const WAYS = {
  local: { done: '.gradcam/ledger.jsonl', words: 'without a queue; finish it without --queue' },
  queue: { done: '.gradcam/chunks', words: 'with a queue; finish it with --queue' },
} as const;

/** Writes down what is asked of the results' place; where something else was asked of it before, says what. @throws GradcamError `not-writable` */
export async function claim(files: Files, asked: object, way: keyof typeof WAYS): Promise<void> {
  const { done, words } = WAYS[way === 'local' ? 'queue' : 'local'];
  if (((await files.size(done)) ?? 0) > 0)
    throw new GradcamError('not-writable', `'${files.location}' holds the results of a run ${words}, or give another folder`);
  const before =
    (await files.size(QUESTION)) === undefined
      ? undefined
      : new TextDecoder().decode(await files.read(QUESTION, { what: 'what was asked before', limit: MAX_BYTES }));
  if (before === undefined) {
    await files.write(QUESTION, new TextEncoder().encode(`${JSON.stringify(asked, undefined, 2)}\n`));
    return;
  }
  const [one, other] = [fieldsOf(before), fieldsOf(JSON.stringify(asked))];
  for (const name of new Set([...one.keys(), ...other.keys()])) {
    if (name === 'versions' || one.get(name) === other.get(name)) continue;
    const shown = (fields: ReadonlyMap<string, string>) => (fields.get(name) ?? 'not set').slice(0, 100);
    throw new GradcamError(
      'not-writable',
      `'${files.location}' holds the results of another question: its ${name} is ${shown(one)}, not ${shown(other)}; give another folder, or ask the same again`,
    );
  }
}

function fieldsOf(json: string): Map<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    // Then nothing in it is the same.
  }
  const object = typeof content === 'object' && content !== null ? content : {};
  return new Map(Object.entries(object).map(([name, value]) => [name, JSON.stringify(value)]));
}
