import { finishWriting } from '../output/write.js';

/** 128 + the signal's number, as shells report a program that a signal ended. */
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Ctrl-C ends the command at once, but for files that are being written: they are finished, so that no half of one is left. */
export function endCleanly(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void finishWriting().then(() => process.exit(STATUS[signal]));
    });
  }
}
