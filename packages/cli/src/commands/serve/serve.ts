import { availableParallelism } from 'node:os';
import { isLoopback } from '@gradcam/node';
import { serve } from '@gradcam/server';
import { UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { endWith } from '../../output/write.js';
import { version } from '../../version.js';
import { type ServeFlags, TOKEN } from './command.js';
import { findServed } from './models.js';

/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16;

/** Serves until the command is told to stop. */
export async function serveModels(flags: ServeFlags, io: Io): Promise<void> {
  const token = process.env[TOKEN];
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new UsageError(
      `${TOKEN} is set, but holds ${token === '' ? 'nothing' : 'characters that no header can'}; openssl rand -hex 32 makes a token`,
    );
  if (token !== undefined && token.length < SHORTEST_TOKEN)
    throw new UsageError(`${TOKEN} has ${token.length} characters; expected ${SHORTEST_TOKEN} at least: openssl rand -hex 32 makes one`);
  const models = await findServed(flags, io);
  const cores = availableParallelism();
  const networks = flags.workers ?? Math.max(1, Math.floor(cores / models.length));
  const { host, port } = flags;
  const served = await serve({
    models,
    host,
    port,
    token,
    version: version(),
    threads: { networks, pictures: cores },
    limits: {
      batch: flags.maxBatch,
      queue: flags.queue,
      seconds: flags.timeout,
      body: flags.maxBody * 1_000_000,
      pixels: flags.maxPixels * 1_000_000,
    },
    log: (line) => io.note(`gradcam: ${line}`),
  });
  io.out(`${served.url}\n`);
  if (!isLoopback(host) && token === undefined)
    io.note(`gradcam: whoever reaches ${host} can ask this service; set ${TOKEN} in the environment to have requests bear a token`);
  io.note(`gradcam: serving ${models.map(({ name }) => name).join(', ')} until Ctrl-C`);
  // What has begun is answered before the process ends.
  await endWith(stopped(io.signal).then(() => served.close()));
}

function stopped(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
