import { methods } from '@gradcam/core';
import { table } from '../output/table.js';
import type { AddCommand } from './add.js';

/** `gradcam methods` */
export const methodsCommand: AddCommand = (program, io) => {
  program
    .command('methods')
    .summary('list the methods of explanation')
    .description('Lists the methods that gradcam explain --method takes: what each shows, and where it was published.')
    .action(() => {
      io.out(
        table(
          ['METHOD', 'NAME', 'SHOWS', 'PUBLISHED IN'],
          methods.map(({ name, title, summary, source }) => [name, title, summary, source]),
        ),
      );
    });
};
