import { GradcamError, type ZooEntry, zooAddresses } from '@gradcam/core';
import type { Environment } from './cache.js';

/**
 * The addresses of a file, in the order in which they are tried. `GRADCAM_ZOO_URL` replaces the public ones: either a base,
 * to which `/{file}` is appended, or a template with the placeholders of `zooAddresses`.
 *
 * @throws GradcamError `network` where that is no address
 */
export function zooUrls(entry: ZooEntry, env: Environment): string[] {
  const base = env['GRADCAM_ZOO_URL']?.trim();
  if (!base) return zooAddresses(entry);
  const [url = ''] = zooAddresses(entry, [base.includes('{') ? base : `${base.replace(/\/+$/, '')}/{file}`]);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new GradcamError('network', `Expected an address that begins with http:// or https:// in GRADCAM_ZOO_URL, got '${base}'.`);
  }
  return [url];
}
