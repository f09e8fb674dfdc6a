import type { Gathered, QueueStatus, RunStatus } from '@gradcam/cluster';
import { EXIT, UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { loadCluster, queueAddressOf } from '../../queue.js';
import { duration } from '../batch/progress.js';
import type { StatusFlags } from './command.js';

/** Shows what is on a queue; gathers a run. @returns exit status: 1 where the run to be gathered is not done */
export async function status({ queue, output, gather: wanted, json }: StatusFlags, io: Io): Promise<number> {
  if (wanted && output === undefined) throw new UsageError('--gather makes the table of one place: give it as --output');
  const address = queueAddressOf(queue);
  const { queueStatus, gather } = await loadCluster();
  const gathered = wanted && output !== undefined ? await gather(address, output) : undefined;
  const found = await queueStatus(address, output);
  if (json) io.out(`${JSON.stringify({ ...found, ...(gathered && { gathered }) })}\n`);
  else io.out([...wordsOf(found), ...(gathered ?? []).map(gatheredWords)].map((line) => `${line}\n`).join(''));
  if (gathered === undefined || gathered.some(({ table }) => table !== undefined)) return EXIT.done;
  if (gathered.length === 0)
    io.note(`gradcam: no run into '${output}' has put all of its images yet; the same gradcam batch command goes on`);
  return EXIT.failed;
}

function wordsOf({ chunks, reasons, workers, runs }: QueueStatus): string[] {
  const { waiting, active, delayed, failed } = chunks;
  const states = { waiting, active, 'waiting for another try': delayed, failed };
  return [
    `chunks: ${Object.entries(states)
      .filter(([name, count]) => count > 0 || name === 'waiting' || name === 'active')
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')}`,
    `workers: ${workers.length === 0 ? 'none' : workers.join(', ')}`,
    ...reasons.map((reason) => `trouble: ${reason}`),
    ...(runs.length === 0 ? ['runs: none'] : runs.map(runWords)),
  ];
}

function runWords({ folder, model, method, images, done, errors, imagesPerSecond, secondsLeft, tableMade }: RunStatus): string {
  const parts = [
    `${done}${images === undefined ? '' : ` of ${images}`} images`,
    ...(errors > 0 ? [`${errors} with errors`] : []),
    ...(tableMade ? ['table made'] : [`${imagesPerSecond.toFixed(1)} a second`]),
    ...(secondsLeft === undefined || tableMade ? [] : [`about ${duration(secondsLeft)} left`]),
  ];
  return `${folder} (${model}, ${method}): ${parts.join(', ')}`;
}

function gatheredWords({ table, missing }: Gathered): string {
  return table === undefined ? `not yet: ${missing} chunks are missing` : `${table.rows} rows in results.jsonl and results.parquet`;
}
