import type { Progress } from '@gradcam/jobs';
import { Presets, SingleBar } from 'cli-progress';
import type { Io } from '../../io.js';

/** Shows how far a run is: a bar on a terminal, elsewhere a line of JSON every few seconds. */
export interface Meter {
  show(progress: Progress): void;
  /** How many images there are, once that is known. */
  total(count: number): void;
  stop(): void;
}

export function meterFor(io: Io, everySeconds: number): Meter {
  const begin = performance.now();
  let progress: Progress = { done: 0, now: 0, errors: 0 };
  let total: number | undefined;
  const rate = () => progress.now / ((performance.now() - begin) / 1000);
  const secondsLeft = () => (total === undefined || progress.now === 0 ? undefined : Math.ceil((total - progress.done) / rate()));
  if (io.terminal === undefined) {
    const timer = setInterval(() => io.note(lineOf(progress, total, rate(), secondsLeft())), 1000 * everySeconds);
    timer.unref();
    return {
      show: (latest) => {
        progress = latest;
      },
      total: (count) => {
        total = count;
      },
      stop: () => clearInterval(timer),
    };
  }
  const format = '{bar} {value}{of} images, {rate} a second{left}{errors}';
  const bar = new SingleBar(
    { stream: io.terminal, format, clearOnComplete: true, forceRedraw: true, barsize: 30, gracefulExit: false },
    Presets.shades_classic,
  );
  const words = () => {
    const left = secondsLeft();
    return {
      of: total === undefined ? '' : `/${total}`,
      rate: rate().toFixed(1),
      left: left === undefined ? '' : `, about ${duration(left)} left`,
      errors: progress.errors === 0 ? '' : `, ${progress.errors} with errors`,
    };
  };
  bar.start(0, 0, words());
  return {
    show: (latest) => {
      progress = latest;
      if (total === undefined) bar.setTotal(latest.done);
      bar.update(latest.done, words());
    },
    total: (count) => {
      total = count;
      bar.setTotal(count);
    },
    stop: () => bar.stop(),
  };
}

function lineOf({ done, errors }: Progress, total: number | undefined, rate: number, secondsLeft: number | undefined): string {
  return JSON.stringify({
    done,
    total: total ?? null,
    errors,
    imagesPerSecond: Number(rate.toFixed(2)),
    secondsLeft: secondsLeft ?? null,
  });
}

/** `42 s`, `3 min`, `2 h 10 min` */
export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
