import { parentPort, workerData } from 'node:worker_threads';
import { nodeRuntime, readModelFile } from '@gradcam/node';
import { openSide } from './sides.js';

// A thread that does nothing but run the network: says when it is ready, then how many runs it made in the time it is given.
const { path, seconds }: { readonly path: string; readonly seconds: number } = workerData;
const opened = await openSide('plain', await nodeRuntime(), await readModelFile(path), 1);
for (let run = 0; run < 5; run++) await opened.run();
parentPort?.once('message', async () => {
  const begin = performance.now();
  let runs = 0;
  while (performance.now() - begin < 1000 * seconds) {
    await opened.run();
    runs++;
  }
  parentPort?.postMessage((1000 * runs) / (performance.now() - begin));
  await opened.close();
  process.exit();
});
parentPort?.postMessage('ready');
