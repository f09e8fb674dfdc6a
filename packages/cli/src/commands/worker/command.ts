import { Option } from 'commander';
import { repeatable, wholeNumber } from '../../options.js';
import { queueOption } from '../../queue.js';
import type { AddCommand } from '../add.js';

/** The options of `gradcam worker` as Commander gives them. */
export interface WorkerFlags {
  readonly queue?: string;
  readonly workers?: number;
  readonly allow: readonly string[];
  readonly imageTimeout: number;
  readonly attempts: number;
  readonly grace: number;
  readonly stalled: number;
}

const MAX_WORKERS = 1024;

/** A day for one image. */
const MAX_SECONDS = 86_400;

const EXAMPLES = `
Examples:
  $ gradcam worker --queue redis://queue.lan:6379 --allow /data --allow /results
      on as many machines as there are; each reads images and models below /data, and writes below /results
  $ GRADCAM_QUEUE=rediss://user:password@queue.lan gradcam worker --allow s3://pictures --allow s3://results/audit
      the password is not in the list of processes; images and results lie in S3

A worker takes images that gradcam batch --queue has put, explains them, and writes the results. What it is to do comes out of Redis, so it reads and
writes below the folders of --allow alone: models, images, masks and results; s3://BUCKET/PREFIX is one, too. The bundled model and those of the zoo
need none. Paths are the same as where the work was put; a model must have the same bytes.

Started again after a crash, or killed, it loses nothing: what it had at hand is taken over by others after --stalled seconds. An image that ends the
process that explains it, or takes longer than --image-timeout, is tried --attempts times by itself, and is then a row with an error. What is no
image's fault (storage away, model not there yet) is tried again later, 20 times, with longer and longer waits.
SIGTERM and Ctrl-C: takes nothing new, ends what is at hand within --grace seconds, gives back what is left. Exit status: 0 then.`;

/** `gradcam worker` */
export const workerCommand: AddCommand = (program, io, finish) => {
  const seconds = (flags: string, what: string, usual: number) =>
    new Option(flags, what).argParser(wholeNumber(1, MAX_SECONDS)).default(usual);
  program
    .command('worker')
    .summary('explain images from a queue, on any number of machines')
    .description(
      'Takes images that gradcam batch --queue has put on a queue (Redis or Valkey), and explains them, until it is told to stop.',
    )
    .addOption(queueOption())
    .addOption(
      new Option('--workers <n>', 'networks that run at once, in threads; 0: all in one thread (default: one for each core)').argParser(
        wholeNumber(0, MAX_WORKERS),
      ),
    )
    .addOption(
      new Option('--allow <folder>', 'folder or s3://BUCKET/PREFIX that it may read and write below; repeatable')
        .argParser(repeatable)
        .default([], 'the working directory'),
    )
    .addOption(seconds('--image-timeout <seconds>', 'longest time for an image', 60))
    .addOption(
      new Option('--attempts <n>', 'tries of an image that its process dies of, or that takes too long')
        .argParser(wholeNumber(1, 100))
        .default(3),
    )
    .addOption(seconds('--grace <seconds>', 'when it is stopped: longest time for what is at hand', 30))
    .addOption(seconds('--stalled <seconds>', 'a worker not heard of for so long has lost what it had at hand to others', 30))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: WorkerFlags) => {
      const { worker } = await import('./worker.js');
      finish(await worker(flags, io));
    });
};
