import { Presets, SingleBar } from 'cli-progress';
import type { Io } from '../io.js';

/** A bar over several images: on a terminal only, and never in the way of what is printed. */
export interface ImagesBar {
  /** One image more is done. */
  step(): void;
  /** Runs something that prints: the bar steps aside for it. */
  aside(print: () => void): void;
  stop(): void;
}

export function imagesBar(io: Io, total: number): ImagesBar {
  if (io.terminal === undefined || total < 2) return { step: () => undefined, aside: (print) => print(), stop: () => undefined };
  const bar = makeBar(io, '{bar} {value}/{total} images{left}');
  const begin = performance.now();
  let done = 0;
  const left = () => {
    const seconds = Math.ceil((((performance.now() - begin) / done) * (total - done)) / 1000);
    return { left: done === 0 ? '' : `, about ${seconds} s left` };
  };
  bar.start(total, 0, left());
  return {
    step: () => {
      done++;
      bar.update(done, left());
    },
    aside: (print) => {
      // A stop clears the bar's line, and puts the cursor where it was at the start: printing between would be overwritten.
      bar.stop();
      print();
      bar.start(total, done, left());
    },
    stop: () => bar.stop(),
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
