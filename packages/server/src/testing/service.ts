import type { RgbImage } from '@gradcam/core';
import { readImage } from '@gradcam/node';
import { expect } from 'vitest';
import { ProblemBody } from '../api/schemas.js';
import type { Engine } from '../engine/engine.js';
import { engineHere } from '../engine/here.js';
import { type Served, type ServeOptions, serve } from '../serve.js';
import { airplaneAndTruck, everyday, type Truth, truthOf } from './everyday.js';

/** Asks a service: `fetch` with a path. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

const running: Served[] = [];

/** Starts a service on a free port that computes in this thread. */
export async function start(options: Partial<ServeOptions> = {}): Promise<Ask> {
  const served = await serve({ models: [everyday()], version: '0.0.0', engine: engineHere, ...options });
  running.push(served);
  return (path, init) => fetch(new URL(path, served.url), init);
}

/** What the tests of answers ask: a service, a picture in all forms, and what is true of it. */
export interface Everyday {
  readonly ask: Ask;
  /** A PNG file. */
  readonly picture: Uint8Array<ArrayBuffer>;
  readonly image: RgbImage;
  readonly base64: string;
  readonly truth: Truth;
}

/** Starts a service of the bundled model, twice: `everyday` with two methods, and `other`. */
export async function startEveryday(): Promise<Everyday> {
  const picture = await airplaneAndTruck();
  const image = await readImage(picture);
  return {
    ask: await start({ models: [everyday(['gradcam', 'hirescam']), everyday(['layercam'], 'other')] }),
    picture,
    image,
    base64: Buffer.from(picture).toString('base64'),
    truth: await truthOf(image),
  };
}

/** Stops all that were started. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((served) => served.close()));
}

/** What a refusal says, which must be a problem of RFC 9457. */
export async function problem(answer: Response): Promise<{ readonly status: number; readonly code: string; readonly detail: string }> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { status, code, detail } = ProblemBody.strict().parse(await answer.json());
  expect(answer.status).toBe(status);
  return { status, code, detail };
}

/** An engine of whose parts a test only has some. */
export function engineOf(parts: Partial<Engine>): () => Promise<Engine> {
  const absent = () => Promise.reject(new Error('not in this test'));
  return async () => ({ read: absent, explain: absent, draw: absent, waiting: () => 0, close: async () => undefined, ...parts });
}

/** A black picture as numbers, in the shape of the bundled model. */
export const BLACK = Array.from({ length: 3 }, () => Array.from({ length: 32 }, () => Array<number>(32).fill(0)));
