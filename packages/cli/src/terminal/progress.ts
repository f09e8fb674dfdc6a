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
  const { terminal } = io;
  const bar = makeBar(io, '{bar} {value}/{total} images, {eta_formatted} left');
  bar.start(total, 0);
  return {
    step: () => bar.increment(),
    aside: (print) => {
      // Back to the start of the line, and clear it; the bar draws itself again at its next step.
      terminal.write('\r\x1b[K');
      print();
      bar.updateETA();
      bar.render();
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
