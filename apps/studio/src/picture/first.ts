import { given } from '../state/given.js';
import { view } from '../state/view.js';
import { examples } from './examples.js';
import { showFile, showFirst } from './show.js';

/** Shows the picture that the address asks for, where it is at hand, or else the first example. */
export async function showFirstPicture(): Promise<void> {
  const file = given('picture');
  if (file !== undefined) {
    const answer = await fetch(file.url).catch(() => undefined);
    if (answer?.ok) return showFile(await answer.blob(), file.name);
  }
  const wanted = examples.find(({ key }) => key === view.peek().picture) ?? examples[0];
  if (wanted !== undefined) await showFirst(wanted);
}
