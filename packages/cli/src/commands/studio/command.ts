import { Option } from 'commander';
import { modelOption, notEmpty, wholeNumber } from '../../options.js';
import type { AddCommand } from '../add.js';
import type { StudioFlags } from './studio.js';

const EXAMPLES = `
Examples:
  $ gradcam studio                            the page, in this machine's browser
  $ gradcam studio cat.jpg --model net.onnx   with a picture and a model of your own opened in it
  $ gradcam studio --port 8080 --no-open      on this port; open the address yourself

Networks run in the page: pictures and models stay on this machine. Only a model that is chosen from the zoo is fetched. Ctrl-C stops it.`;

/** Ports are 16 bits; 0 would be any, as leaving the option out is. */
const MAX_PORT = 65_535;

/** `gradcam studio` */
export const studioCommand: AddCommand = (program, io) => {
  program
    .command('studio')
    .summary('open the page on which to look into a network')
    .description('Serves the page on which to look into a network: its classes, layers and methods, and what Grad-CAM is made of.')
    .argument('[image]', 'a picture to open in it')
    .addOption(modelOption())
    .addOption(new Option('--port <n>', 'port to serve it on (default: 7411, or any that is free)').argParser(wholeNumber(1, MAX_PORT)))
    .addOption(
      new Option('--host <address>', 'address to serve it on')
        .argParser(notEmpty)
        .default('127.0.0.1', '127.0.0.1, for this machine alone'),
    )
    .option('--no-open', 'do not open the browser')
    .addHelpText('after', EXAMPLES)
    .action(async (image: string | undefined, flags: StudioFlags) => {
      const { studio } = await import('./studio.js');
      await studio(image, flags, io);
    });
};
