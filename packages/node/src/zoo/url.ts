import { GradcamError } from '@gradcam/core';
import type { Environment } from './cache.js';
import { ZOO_COMMIT, ZOO_MIRRORS, type ZooEntry } from './models.js';

/**
 * The addresses of a file, in the order in which they are tried. `GRADCAM_ZOO_URL` replaces the public ones: either a base,
 * to which `/{file}` is appended, or a template with the placeholders `{file}` (`resnet18_Opset17.onnx`), `{folder}` (the
 * folder that holds it), `{path}` (both, with what is above) and `{commit}`.
 *
 * @throws GradcamError `network` where that is no address
 */
export function zooUrls(entry: ZooEntry, env: Environment): string[] {
  const base = env['GRADCAM_ZOO_URL']?.trim();
  if (!base) return ZOO_MIRRORS.map((template) => fill(template, entry));
  const url = fill(base.includes('{') ? base : `${base.replace(/\/+$/, '')}/{file}`, entry);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new GradcamError('network', `Expected an address that begins with http:// or https:// in GRADCAM_ZOO_URL, got '${base}'.`);
  }
  return [url];
}

function fill(template: string, { path }: ZooEntry): string {
  const parts = path.split('/');
  return template
    .replaceAll('{path}', path)
    .replaceAll('{file}', parts.at(-1) ?? '')
    .replaceAll('{folder}', parts.at(-2) ?? '')
    .replaceAll('{commit}', ZOO_COMMIT);
}
