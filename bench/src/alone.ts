import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The network alone, on this many threads: what no pipeline around it can exceed. @returns runs a second of all threads together */
export async function runsAlone(path: string, threads: number, seconds: number): Promise<number> {
  const script = new URL('./alone-thread.js', import.meta.url);
  const all = Array.from({ length: threads }, () => new Worker(script, { workerData: { path, seconds } }));
  await Promise.all(all.map((worker) => once(worker, 'message')));
  const rates = await Promise.all(
    all.map(async (worker) => {
      worker.postMessage('run');
      const [rate] = (await once(worker, 'message')) as [number];
      return rate;
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
