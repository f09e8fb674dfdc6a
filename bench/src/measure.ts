import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Runtime } from '@gradcam/core';
import type { ModelFile } from '@gradcam/node';
import { type Opened, openSide, type Side } from './sides.js';

/** A number of each side, measured side by side. */
export interface Pair {
  readonly plain: number;
  readonly explain: number;
  readonly ratio: number;
}

function pair(plain: number, explain: number): Pair {
  return { plain, explain, ratio: explain / plain };
}

/** Time that one comparison of networks already open takes: fast networks run more often, since on a shared machine they scatter more. */
const BUDGET_MS = 5000;
const MAX_ROUNDS = 300;

/** Runs of one side in a row. */
const BLOCK = 5;

/** The threads of the side that ran last still spin, waiting for work, and take the other's cores: they give up after about 35 ms. */
const PAUSE_MS = 50;

/**
 * Both sides are opened again and again, until the ratio is known as exactly as this or that many milliseconds are over: where a session's memory
 * happens to lie makes some percent for as long as it is open, as much as there is to measure.
 */
const EXACT = 0.01;
const MIN_OPENINGS = 5;
const MAX_MS = 45_000;

/** What a run of each side takes, the median of all; the ratio is the median of those of the openings, each measured within a second. */
export interface Runs extends Pair {
  /** Standard error of the ratio, from how far those of the openings lie apart. */
  readonly error: number;
  /** The ratio with the heatmap drawn. */
  readonly drawn: number;
}

/**
 * Milliseconds of a run; the sides take turns, so that a slower minute of the machine meets both.
 *
 * @param other what plain inference is compared with
 */
export async function runTimes(
  runtime: Runtime,
  file: ModelFile,
  threads: number,
  other: Exclude<Side, 'plain'> = 'explain',
): Promise<Runs> {
  const openings: Times[] = [];
  const ratios = (side: 'explain' | 'drawn') => openings.map((times) => median(times[side]) / median(times.plain));
  const all = (side: keyof Times) => median(openings.flatMap((times) => times[side]));
  const begin = performance.now();
  do {
    const plain = await openSide('plain', runtime, file, threads);
    const compared = await openSide(other, runtime, file, threads);
    const times = noTimes();
    await takeTurns(plain, compared, 2 * BLOCK, times);
    openings.push(times);
    await plain.close();
    await compared.close();
  } while (openings.length < MIN_OPENINGS || (performance.now() - begin < MAX_MS && standardError(ratios('explain')) > EXACT));
  return {
    plain: all('plain'),
    explain: all('explain'),
    ratio: median(ratios('explain')),
    error: standardError(ratios('explain')),
    drawn: median(ratios('drawn')),
  };
}

/** Milliseconds of a run of each of two that stay open, as `runTimes`. */
export async function sideBySide(plain: Turn, compared: Turn, rounds: number): Promise<Pair> {
  const times = noTimes();
  const begin = performance.now();
  do await takeTurns(plain, compared, rounds, times);
  while (times.plain.length < MAX_ROUNDS && performance.now() - begin < BUDGET_MS);
  return pair(median(times.plain), median(times.explain));
}

/** Of each run of each side. */
interface Times {
  readonly plain: number[];
  readonly explain: number[];
  /** Of the same runs as `explain`. */
  readonly drawn: number[];
}

function noTimes(): Times {
  return { plain: [], explain: [], drawn: [] };
}

type Turn = Pick<Opened, 'run' | 'draw'>;

/** Adds the times of at least `rounds` runs of each; who begins changes from block to block. */
async function takeTurns(plain: Turn, compared: Turn, rounds: number, times: Times): Promise<void> {
  const sides = [
    { opened: plain, ran: times.plain, drawn: [] as number[] },
    { opened: compared, ran: times.explain, drawn: times.drawn },
  ];
  for (let done = 0; done < rounds; done += BLOCK) {
    for (const { opened, ran, drawn } of times.plain.length % (2 * BLOCK) === 0 ? sides : sides.toReversed()) {
      await sleep(PAUSE_MS);
      await opened.run();
      opened.draw?.();
      for (let run = 0; run < BLOCK; run++) {
        const start = performance.now();
        await opened.run();
        ran.push(performance.now() - start);
        opened.draw?.();
        drawn.push(performance.now() - start);
      }
    }
  }
}

const SIDES = ['plain', 'explain'] as const;

/** Milliseconds from bytes to a model ready to run, median of at least `rounds`; the sides take turns in beginning. */
export async function openTimes(runtime: Runtime, file: ModelFile, rounds: number): Promise<Pair> {
  const times = { plain: [] as number[], explain: [] as number[] };
  const begin = performance.now();
  for (let round = -1; round < rounds || (round < MAX_ROUNDS && performance.now() - begin < BUDGET_MS); round++) {
    for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
      const start = performance.now();
      const opened = await openSide(side, runtime, file, 1);
      if (round >= 0) times[side].push(performance.now() - start);
      await opened.close();
    }
  }
  return pair(median(times.plain), median(times.explain));
}

/** Peak memory in MB of a process that reads, opens and runs a model once; median of 3 processes. */
export function peakMemory(path: string): Pair {
  const script = fileURLToPath(new URL('./memory.js', import.meta.url));
  const measure = (side: Side) =>
    median([1, 2, 3].map(() => Number(execFileSync(process.execPath, [script, side, path], { encoding: 'utf8' })) / 1024));
  return pair(measure('plain'), measure('explain'));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Of the median of these, by their median distance from it: 1.4826 of those are a standard deviation of normal ones, and their median errs 1.2533 times as far as their mean. */
function standardError(values: readonly number[]): number {
  const middle = median(values);
  return (1.2533 * 1.4826 * median(values.map((value) => Math.abs(value - middle)))) / Math.sqrt(values.length);
}
