import { GradcamError } from '@gradcam/core';
import { Option } from 'commander';
import { UsageError } from './errors.js';

/** Where the queue is, when no option says so. */
const VARIABLE = 'GRADCAM_QUEUE';

/** `--queue`, for the commands that need one. */
export function queueOption(): Option {
  return new Option('-q, --queue <url>', `redis://HOST:PORT, or rediss:// for an encrypted connection (default: $${VARIABLE})`);
}

/**
 * The address of the queue. Messages never repeat it, since it may hold a password.
 *
 * @param given true: whatever the environment says
 */
export function queueAddressOf(given: string | true | undefined): string {
  const address = typeof given === 'string' ? given : process.env[VARIABLE];
  if (address === undefined || address === '')
    throw new UsageError(`expected --queue redis://HOST:PORT, or the same in the environment as ${VARIABLE}`);
  if (/^rediss?:\/\/[^/]/.test(address) && URL.canParse(address)) return address;
  throw new UsageError('expected the queue as redis://HOST:PORT, or rediss:// for an encrypted connection');
}

/** What the queue needs, which not everybody has installed. @throws GradcamError `runtime` */
export async function loadCluster(): Promise<typeof import('@gradcam/cluster')> {
  try {
    return await import('@gradcam/cluster');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new GradcamError('runtime', 'a queue needs another package: npm install @gradcam/cluster', { cause: error });
  }
}
