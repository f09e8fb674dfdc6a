import type { Done, Totals } from './tables.js';

/** `writeTables`, loaded where tables are made. */
export async function makeTables(pictures: AsyncIterable<Done>, location: string): Promise<Totals> {
  return (await import('./tables.js')).writeTables(pictures, location);
}
