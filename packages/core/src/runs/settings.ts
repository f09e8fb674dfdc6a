import { GradcamError } from '../errors.js';
import type { RunSettings } from './context.js';

/** No series is longer: it would run for days. */
const MAX_COUNT = 1_000_000;

const COUNTS = ['batch', 'samples', 'steps', 'window', 'stride'] as const;

/** @throws GradcamError `invalid-setting` */
export function checkSettings(settings: RunSettings): void {
  for (const name of COUNTS) {
    const value = settings[name];
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= MAX_COUNT)) continue;
    throw new GradcamError('invalid-setting', `expected '${name}' as a whole number from 1 to ${MAX_COUNT}, but got ${value}`);
  }
  const { noise, seed } = settings;
  if (noise !== undefined && !(noise >= 0 && Number.isFinite(noise)))
    throw new GradcamError(
      'invalid-setting',
      `expected 'noise' as a share of the range of the input's numbers, 0 or more, but got ${noise}`,
    );
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw new GradcamError('invalid-setting', `expected 'seed' as a whole number, but got ${seed}`);
}
