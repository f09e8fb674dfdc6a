import { notEmpty } from '../../options.js';
import { queueOption } from '../../queue.js';
import type { AddCommand } from '../add.js';

/** The options of `gradcam status` as Commander gives them. */
export interface StatusFlags {
  readonly queue?: string;
  readonly output?: string;
  readonly gather?: true;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ gradcam status --queue redis://queue.lan:6379
      the workers, what waits, and how far each run is
  $ gradcam status --queue redis://queue.lan:6379 --output /results/audit --gather
      makes the table of a run that nobody waited for (gradcam batch --no-wait), once all of it is done
  $ gradcam status --json
      the same for a program; the queue is in GRADCAM_QUEUE

Work is counted in chunks of some images. Chunks in trouble wait for another try (delayed) or have been given up (failed): the reasons follow. The same
gradcam batch command puts failed ones again.`;

/** `gradcam status` */
export const statusCommand: AddCommand = (program, io, finish) => {
  program
    .command('status')
    .summary('show how far the runs on a queue are')
    .description(
      'Shows the runs on a queue that gradcam batch --queue has put there, with their speed and remaining time, and the workers.',
    )
    .addOption(queueOption())
    .option('-o, --output <dir>', 'show the runs with these results alone', notEmpty)
    .option('--gather', 'make the table of --output if its work is done')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: StatusFlags) => {
      const { status } = await import('./status.js');
      finish(await status(flags, io));
    });
};
