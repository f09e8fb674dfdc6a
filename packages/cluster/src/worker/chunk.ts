import { classFinder, givenUp, type Job, type KeyedItem, type Result } from '@gradcam/jobs';
import { Died } from './host.js';

/** Explains a picture; `alone`: while no other is. @throws Died where its process did */
export type Explain = (item: KeyedItem, alone: boolean) => Promise<Result>;

/** How a chunk is gone through. */
export interface Care {
  /** Tries of a picture that nothing else can be blamed for. */
  readonly attempts: number;
  /** A worker has died of this chunk: no picture is trusted. */
  readonly wary: boolean;
  /** Tries before, by the picture's key. */
  readonly tries: Readonly<Record<string, number>>;
  /** Writes them down, so that they are known when this worker dies, too. */
  readonly remember: (tries: Readonly<Record<string, number>>) => Promise<void>;
}

/**
 * Explains the pictures of a chunk. First all together; those that were at hand when their process died are tried again, each alone, so that it is clear which of
 * them it was. Whoever kills its process `attempts` times becomes a row with that reason.
 *
 * @throws whatever is no picture's fault
 */
export async function explainChunk(job: Job, items: readonly KeyedItem[], explain: Explain, care: Care): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  if (!care.wary)
    await Promise.all(
      items.map(async (item) => {
        try {
          results.set(item.key, await explain(item, false));
        } catch (error) {
          if (!(error instanceof Died)) throw error;
        }
      }),
    );
  const tries: Record<string, number> = { ...care.tries };
  for (const item of items) {
    // Unless somebody remembers better: the worker that tried it is gone.
    let reason = 'the worker died';
    while (!results.has(item.key)) {
      const made = tries[item.key] ?? 0;
      if (made >= care.attempts) {
        const words = `given up after ${made} ${made === 1 ? 'try' : 'tries'}: ${reason}`;
        results.set(item.key, givenUp(job, classFinder(job), item, words));
        break;
      }
      tries[item.key] = made + 1;
      await care.remember(tries);
      try {
        results.set(item.key, await explain(item, true));
        // It was another's fault.
        delete tries[item.key];
      } catch (error) {
        if (!(error instanceof Died)) throw error;
        reason = error.message;
      }
    }
  }
  return results;
}
