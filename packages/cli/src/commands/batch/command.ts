import { DEFAULT_ALPHA, DEFAULT_COLORMAP } from '@gradcam/core';
import { type ImageFormat, imageFormats, type MapForm, mapForms } from '@gradcam/jobs';
import { Option } from 'commander';
import {
  COLORMAPS,
  FUSIONS,
  layerOption,
  METHODS,
  meaningOptions,
  modelOption,
  notEmpty,
  oneMethod,
  oneOf,
  questionOptions,
  repeatable,
  runOptions,
  SMOOTHINGS,
  settingOptions,
  share,
  wholeNumber,
} from '../../options.js';
import type { AddCommand } from '../add.js';
import type { ExplainFlags } from '../explain/command.js';
import type { SetupFlags } from '../explain/setup.js';

/** The options of `gradcam batch` as Commander gives them. */
export interface BatchFlags extends Omit<SetupFlags, 'method'>, Pick<ExplainFlags, 'alpha' | 'colormap'> {
  readonly method: string;
  readonly output: string;
  readonly top: number;
  readonly truth?: true;
  readonly root?: string;
  /** `--no-images`: false. */
  readonly images: ImageFormat | false;
  readonly maps: MapForm;
  readonly workers?: number;
  readonly every: number;
  readonly retry?: true;
  /** `--queue` without an address: true. */
  readonly queue?: string | true;
  readonly chunk: number;
  /** `--no-wait`: false. */
  readonly wait: boolean;
}

/** Classes of one image; the largest classifiers have some 22,000. */
const MAX_TOP = 100_000;

const MAX_WORKERS = 1024;

/** Images of a chunk: its rows and maps are in memory, and done again where a worker dies. */
const MAX_CHUNK = 1000;

/** A day between two lines of progress. */
const MAX_SECONDS = 86_400;

const EXAMPLES = `
Examples:
  $ gradcam batch photos/ --model net.onnx --output results/
      every image below a folder; again to go on where a run was stopped
  $ gradcam batch validation.csv --model net.onnx --top 3 --output results/
      a list with true classes and boxes; the three most probable classes of each image
  $ gradcam batch 'photos/**/*.{jpg,png}' --no-images --output results/
      a pattern, quoted so that the shell does not spread it; the table and maps alone
  $ find /data -name '*.jpg' | gradcam batch - --class truck --images webp --output results/
      a list that comes through a pipe
  $ gradcam batch /data/photos --output /results --queue redis://queue.lan:6379
      the same by workers on other machines, which see these folders, too, or s3://BUCKET/PREFIX in their place

A SOURCE is an image, a folder (all that is below it), a pattern (* ? ** {a,b} [ab]), - for a list of paths on standard input, or a list in a file:
.csv with a head, or .jsonl, with the columns image, class (or label), box and mask; all but image may be empty. class is the true class, by index or
label: it becomes the column target, and --truth explains it, too. box is x0,y0,x1,y1 in pixels; several are separated by ; (in .jsonl: lists of
numbers). mask is a picture: what is not black is inside; with mask_value, the pixels of that value are. Paths are relative to the list's folder, or
to --root. All of these, and --model, may be s3://BUCKET/PATH (not a pattern): npm install @aws-sdk/client-s3 @aws-sdk/lib-storage; AWS_ENDPOINT_URL,
AWS_REGION and AWS_ACCESS_KEY_ID... are as for all programs of AWS.

DIR gets results.jsonl and results.parquet (a row for each image and class: prediction, probability, target, energy inside of box or mask, entropy and
centre of the map, milliseconds, error), batch.json (what was asked), images/ (overlays) and maps/. A map is the layer's signed map, float32 [h, w];
shards are arrays [maps, h, w], which the table points into as FILE#ROW.
An image that cannot be read is a row with an error. Stopped in any way, the same command goes on, and ends with what an undisturbed run has.
With --queue, too: what Redis has lost is put again, and several may put the same at once. A folder is filled with a queue or without, not by turns.
Exit status: 0 once every row is written, those with errors included.`;

/** `gradcam batch SOURCE...` */
export const batchCommand: AddCommand = (program, io, finish) => {
  const command = program
    .command('batch')
    .summary('explain many images, into a folder with a table')
    .description(
      'Explains many images, as many at once as there are cores: overlays, maps, and one table with a row for each image and class.',
    )
    .argument('<source...>', 'images, folders, patterns, lists (.csv, .jsonl); - for a list on standard input')
    .requiredOption('-o, --output <dir>', 'folder of the results', notEmpty)
    .addOption(modelOption())
    .addOption(
      new Option('-c, --class <class>', 'class to explain in every image, index or label; repeatable')
        .argParser(repeatable)
        .default([], 'the most probable'),
    )
    .addOption(new Option('--top <n>', 'explain the n most probable classes').argParser(wholeNumber(1, MAX_TOP)).default(1))
    .option('--truth', 'explain the true class, too, where a list names it')
    .addOption(layerOption())
    .addOption(new Option('--fusion <name>', `how the maps of several layers become one: ${FUSIONS.join(', ')}`).argParser(oneOf(FUSIONS)))
    .addOption(new Option('--smooth <name>', `${SMOOTHINGS.join(', ')}; repeatable`).argParser(smoothing).default([], 'none'))
    .addOption(new Option('--method <name>', METHODS.join(', ')).argParser(oneMethod).default('gradcam'));
  for (const option of questionOptions()) command.addOption(option);
  command
    .addOption(new Option('--images <format>', `overlays as ${imageFormats.join(', ')}`).argParser(oneOf(imageFormats)).default('jpeg'))
    .option('--no-images', 'write no overlays')
    .addOption(new Option('--maps <form>', 'npy: a file for each; shards: many in one; none').argParser(oneOf(mapForms)).default('shards'))
    .addOption(new Option('--alpha <share>', 'share of the colours in the overlay, 0 to 1').argParser(share).default(DEFAULT_ALPHA))
    .addOption(
      new Option('--colormap <name>', COLORMAPS.join(', ')).argParser(oneOf(COLORMAPS)).default(DEFAULT_COLORMAP, DEFAULT_COLORMAP),
    )
    .addOption(
      new Option('--compat <library>', 'scale and overlay as that library does: pytorch-grad-cam').argParser(oneOf(['pytorch-grad-cam'])),
    )
    .option('--root <dir>', 'folder of the paths in lists (default: that of the list)', notEmpty)
    .addOption(
      new Option('--workers <n>', 'networks that run at once, in threads; 0: all in one thread (default: one for each core)').argParser(
        wholeNumber(0, MAX_WORKERS),
      ),
    )
    .addOption(
      new Option('--every <seconds>', 'where standard error is no terminal: seconds from one line of progress to the next')
        .argParser(wholeNumber(1, MAX_SECONDS))
        .default(10),
    )
    .option('--retry', 'do images again whose row has an error')
    .option('--queue [url]', 'have gradcam worker do it, on any number of machines: redis://HOST:PORT (default: $GRADCAM_QUEUE)')
    .addOption(
      new Option('--chunk <n>', 'with --queue: images that a worker takes at once, on average')
        .argParser(wholeNumber(1, MAX_CHUNK))
        .default(32),
    )
    .option('--no-wait', 'with --queue: put the work there and go; the same command, or gradcam status --gather, makes the table');
  for (const option of [...meaningOptions(), ...settingOptions(), ...runOptions()]) command.addOption(option);
  command.addHelpText('after', EXAMPLES).action(async (sources: string[], flags: BatchFlags) => {
    const { batch } = await import('./batch.js');
    finish(await batch(sources, flags, io));
  });
};

function smoothing(value: string, previous: BatchFlags['smooth']): BatchFlags['smooth'] {
  return [...new Set([...previous, oneOf(SMOOTHINGS)(value)])];
}
