import { finishWriting } from '../output/write.js';

/** 128 + the signal's number, as shells report a program that a signal ended. */
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Ctrl-C ends the command at once, but for files that are being written: they are finished, so that no half of one is left.
 *
 * @returns aborted at that moment, so that nothing new is begun and bars are taken from the terminal
 */
export function endCleanly(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      controller.abort();
      void finishWriting().then((status) => process.exit(status ?? STATUS[signal]));
    });
  }
  return controller.signal;
}
