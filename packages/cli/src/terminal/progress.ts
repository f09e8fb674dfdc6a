import { Presets, SingleBar } from 'cli-progress';
import type { Io } from '../io.js';

/** A bar over images, and over the runs of slow methods: on a terminal only, and never in the way of what is printed. */
export interface ImagesBar {
  /** One image more is done. */
  step(): void;
  /** A method has shown `done` of `total` pictures to the network for the explanation at hand. */
  runs(done: number, total: number, method: string): void;
  /** Runs something that prints: the bar steps aside for it. */
  aside(print: () => void): void;
  stop(): void;
}

export function imagesBar(io: Io, total: number): ImagesBar {
  if (io.terminal === undefined) return { step: () => undefined, runs: () => undefined, aside: (print) => print(), stop: () => undefined };
  const bar = makeBar(io, '{bar} {value}/{total} {what}{left}');
  const begin = performance.now();
  let done = 0;
  let method = '';
  // A bar for one image would jump from nothing to all: only the runs of a slow method are worth one.
  let shown = total > 1;
  const words = () => {
    const seconds = Math.ceil((((performance.now() - begin) / done) * (total - done)) / 1000);
    return { what: `images${method}`, left: done === 0 ? '' : `, about ${seconds} s left` };
  };
  const start = () => {
    if (total > 1) bar.start(total, done, words());
  };
  const stop = () => bar.stop();
  io.signal?.addEventListener('abort', stop, { once: true });
  start();
  return {
    step: () => {
      done++;
      method = '';
      if (total > 1) bar.update(done, words());
    },
    runs: (run, runs, name) => {
      if (io.signal?.aborted) return;
      if (total > 1) {
        method = `, ${name} ${run}/${runs}`;
        bar.update(done, words());
        return;
      }
      if (shown) bar.setTotal(runs);
      else bar.start(runs, 0, { what: `runs of ${name}`, left: '' });
      shown = true;
      bar.update(run, { what: `runs of ${name}`, left: '' });
    },
    aside: (print) => {
      // A stop clears the bar's line, and puts the cursor where it was at the start: printing between would be overwritten.
      stop();
      shown = total > 1;
      print();
      start();
    },
    stop: () => {
      io.signal?.removeEventListener('abort', stop);
      stop();
    },
  };
}

/** What `zooModel` reports to; the bar appears with the first byte. */
export function downloadBar(io: Io) {
  let bar: SingleBar | undefined;
  return {
    onProgress: ({ name, received, total }: { readonly name: string; readonly received: number; readonly total: number }) => {
      const megabytes = (bytes: number) => Number((bytes / 1e6).toFixed(1));
      if (bar === undefined) {
        if (io.terminal === undefined) {
          if (received === 0) io.note(`gradcam: fetching the model ${name} (${megabytes(total)} MB), once`);
          return;
        }
        bar = makeBar(io, `fetching ${name} {bar} {value}/{total} MB, {eta_formatted} left`);
        bar.start(megabytes(total), 0);
      }
      bar.update(megabytes(received));
    },
    stop: () => bar?.stop(),
  };
}

function makeBar({ terminal }: Io, format: string): SingleBar {
  const stream = terminal === undefined ? {} : { stream: terminal };
  return new SingleBar(
    { ...stream, format, clearOnComplete: true, forceRedraw: true, barsize: 30, gracefulExit: false },
    Presets.shades_classic,
  );
}
