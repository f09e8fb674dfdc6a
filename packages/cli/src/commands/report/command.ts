import { Option } from 'commander';
import { notEmpty, wholeNumber } from '../../options.js';
import type { AddCommand } from '../add.js';

/** The options of `gradcam report` as Commander gives them. */
export interface ReportFlags {
  readonly output?: string;
  readonly rows?: number;
}

/** Rows of a page; a browser takes some seconds to open as many. */
const MAX_ROWS = 200_000;

const EXAMPLES = `
Examples:
  $ gradcam batch validation.csv --model net.onnx --output results/
  $ gradcam report results/                        writes results/report.html: open it in a browser
  $ gradcam report results/ --output report.html   elsewhere; it shows the overlays of results/ as long as these stay there

DIR is a folder of gradcam batch. The page is one file that needs no network: accuracy and the confusion matrix, where the list of images named true
classes; the mean heatmap of each class; clusters of images that are explained alike (spectral relevance analysis), with examples and what sets them
apart, which is how a network shows that it looks at a watermark or a border; and the images, to sort and to filter by confidence, error, energy
outside of the object, entropy and class. Without maps (--maps none) there are no clusters; without overlays (--no-images) there are heatmaps alone.
All figures are of all rows; the list of a large table holds errors, wrong predictions and outliers first.`;

/** `gradcam report DIR` */
export const reportCommand: AddCommand = (program, io, finish) => {
  program
    .command('report')
    .summary('one page about the results of gradcam batch')
    .description('Makes one HTML page of a folder of gradcam batch: where does the network look, and for which images at the wrong thing?')
    .argument('<dir>', 'a folder that gradcam batch has written')
    .option('-o, --output <file>', 'where to write the page (default: report.html in the folder)', notEmpty)
    .addOption(new Option('--rows <n>', 'rows that the page lists (default: 20000)').argParser(wholeNumber(1, MAX_ROWS)))
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: ReportFlags) => {
      const { report } = await import('./report.js');
      finish(await report(folder, flags, io));
    });
};
