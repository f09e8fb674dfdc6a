import { Command } from 'commander';
import type { AddCommand } from './commands/add.js';
import { batchCommand } from './commands/batch/command.js';
import { evaluateCommand } from './commands/evaluate/command.js';
import { explainCommand } from './commands/explain/command.js';
import { exportCommand } from './commands/export.js';
import { factorizeCommand } from './commands/factorize/command.js';
import { gradientCommand } from './commands/gradient.js';
import { layersCommand } from './commands/layers.js';
import { methodsCommand } from './commands/methods.js';
import { reportCommand } from './commands/report/command.js';
import { serveCommand } from './commands/serve/command.js';
import { statusCommand } from './commands/status/command.js';
import { studioCommand } from './commands/studio/command.js';
import { workerCommand } from './commands/worker/command.js';
import { oneLine } from './errors.js';
import type { Io } from './io.js';
import { version } from './version.js';

const EXAMPLES = `
Examples:
  $ gradcam explain photo.jpg                                the bundled model; writes photo.gradcam.png
  $ gradcam explain photo.jpg --model resnet18               a model from the zoo, fetched once
  $ gradcam explain *.jpg --model net.onnx --output maps/    one picture for each photo
  $ gradcam studio                                           the same and more in the browser, on this machine
  $ gradcam factorize photo.jpg                              the concepts that a network tells apart
  $ gradcam batch photos/ --model net.onnx --output results/ many images, with a table
  $ gradcam report results/                                  one page about those: accuracy, clusters, outliers
  $ gradcam serve --model net.onnx                           the same over HTTP, for other programs
  $ gradcam worker --queue redis://host:6379                 a machine of many that work for gradcam batch --queue
  $ gradcam layers --model net.onnx                          what can be explained
  $ gradcam export --model net.onnx --output explained.onnx  a model that explains itself, for any ONNX Runtime

Run gradcam COMMAND --help for the options of a command, with examples.

Exit status: 0 done, 1 failed (a line on standard error says why), 2 wrong usage.
Environment: GRADCAM_ZOO_URL fetches the zoo from another address; GRADCAM_DEBUG=1 shows where errors come from.`;

/** The command line as a whole; what each command does is loaded when it runs. */
export function createProgram(io: Io, finish: (status: number) => void): Command {
  const program = new Command('gradcam')
    .description('Shows which regions of an image a neural network looked at when it decided: Grad-CAM for any ONNX image classifier.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.note(text.trimEnd()),
      outputError: (text, write) => write(`gradcam: ${oneLine(text).replace(/^error: /, '')}`),
    })
    .addHelpText('after', EXAMPLES);
  const commands: readonly AddCommand[] = [
    explainCommand,
    layersCommand,
    gradientCommand,
    exportCommand,
    factorizeCommand,
    evaluateCommand,
    batchCommand,
    workerCommand,
    statusCommand,
    reportCommand,
    methodsCommand,
    serveCommand,
    studioCommand,
  ];
  for (const add of commands) add(program, io, finish);
  return program;
}
