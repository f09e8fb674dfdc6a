import { setTimeout as sleep } from 'node:timers/promises';
import { GradcamError } from '@gradcam/core';
import { Redis } from 'ioredis';
import { shownAddress } from './address.js';

/** How long a first connection may take. */
const CONNECT_MS = 5000;

/** The longest wait before another try to connect. */
const MAX_RETRY_MS = 5000;

/**
 * Connects to Redis or Valkey. At first it must be there; a connection that is lost later comes back by itself, and commands wait for it.
 *
 * @param notice hears, once each time, that the connection is lost, and that it is back
 * @throws GradcamError `network`
 */
export async function connect(url: URL, notice: (words: string) => void = () => undefined): Promise<Redis> {
  const shown = shownAddress(url);
  const redis = new Redis(url.href, {
    lazyConnect: true,
    // BullMQ's condition: a command waits for the connection, however long.
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS,
    retryStrategy: (times) => Math.min(MAX_RETRY_MS, 100 * 2 ** Math.min(times, 10)),
  });
  let [why, away, ready] = ['no answer', false, false];
  redis.on('error', (error: Error) => {
    why = reasonOf(error);
    if (ready && !away) notice(`the queue at ${shown} is away (${why}): waiting for it`);
    away = ready;
  });
  redis.on('ready', () => {
    if (away) notice(`the queue at ${shown} is back`);
    [away, ready] = [false, true];
  });
  try {
    const late = sleep(CONNECT_MS, undefined, { ref: false }).then(() => Promise.reject(new Error(why)));
    await Promise.race([redis.connect(), late]);
    return redis;
  } catch (error) {
    redis.disconnect();
    const reason = why === 'no answer' ? reasonOf(error) : why;
    throw new GradcamError('network', `the queue at ${shown} cannot be reached: ${reason}; is Redis or Valkey running there?`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  // Several addresses of one name fail together, without a message of their own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message.replace(/\s+/g, ' ').slice(0, 200) : 'unknown error';
}
