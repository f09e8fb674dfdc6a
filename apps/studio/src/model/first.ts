import { given } from '../state/given.js';
import { openFirst, openModel } from './open.js';
import { openKeptZooModel } from './zoo-choice.js';

/** Opens the model that the address asks for, where it is at hand, or else the bundled one. Nothing leaves for another host. */
export async function openFirstModel(): Promise<void> {
  const file = given('model');
  if (file !== undefined && (await openModel(`file:${file.name}`, { name: file.name, model: file.url }))) return;
  if (await openKeptZooModel()) return;
  await openFirst();
}
