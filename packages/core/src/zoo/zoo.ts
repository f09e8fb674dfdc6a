import { nearest } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { ZOO_COMMIT, ZOO_MIRRORS, ZOO_MODELS, type ZooEntry } from './models.js';

/** Names of the models that can be had by name. */
export function zooNames(): string[] {
  return Object.keys(ZOO_MODELS);
}

/**
 * What is known of a model of the zoo.
 *
 * @throws GradcamError `unknown-model`, with the nearest names
 */
export function zooEntry(name: string): ZooEntry {
  const entry = Object.hasOwn(ZOO_MODELS, name) ? ZOO_MODELS[name] : undefined;
  if (entry !== undefined) return entry;
  const near = nearest(name, zooNames());
  const advice = near.length > 0 ? `did you mean ${near.join(', ')}?` : `there are ${zooNames().join(', ')}.`;
  throw new GradcamError('unknown-model', `The zoo has no model '${name.slice(0, 100)}'; ${advice}`);
}

/**
 * The addresses of a file, in the order in which they are tried.
 *
 * @param templates addresses with the placeholders `{file}` (`resnet18_Opset17.onnx`), `{folder}` (the folder that holds it),
 *   `{path}` (both, with what is above) and `{commit}`
 */
export function zooAddresses({ path }: ZooEntry, templates: readonly string[] = ZOO_MIRRORS): string[] {
  const parts = path.split('/');
  return templates.map((template) =>
    template
      .replaceAll('{path}', path)
      .replaceAll('{file}', parts.at(-1) ?? '')
      .replaceAll('{folder}', parts.at(-2) ?? '')
      .replaceAll('{commit}', ZOO_COMMIT),
  );
}
