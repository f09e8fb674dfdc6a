import { metrics } from '@gradcam/core';
import { InvalidArgumentError, Option } from 'commander';
import {
  layerOption,
  METHODS,
  type MeaningFlags,
  type ModelFlags,
  meaningOptions,
  modelOption,
  notEmpty,
  oneMethod,
  oneOf,
  runOptions,
  type SettingFlags,
  settingOptions,
  share,
  wholeNumber,
} from '../../options.js';
import type { AddCommand } from '../add.js';

/** The options of `gradcam evaluate` as Commander gives them. */
export interface EvaluateFlags extends ModelFlags, MeaningFlags, SettingFlags {
  readonly class?: string;
  readonly layer: readonly string[];
  readonly method: readonly string[];
  readonly metric: readonly string[];
  readonly manifest?: string;
  readonly root?: string;
  readonly boxes?: string;
  readonly masks?: string;
  readonly sanity?: true;
  readonly depths?: number;
  readonly curveSteps?: number;
  readonly threshold?: number;
  readonly tolerance?: number;
  readonly output?: string;
}

const METRICS = metrics.map(({ name }) => name);

const MAX_STEPS = 10_000;

const EXAMPLES = `
Examples:
  $ gradcam evaluate photos/ --method gradcam --method layercam
      a table of both methods over all images of a folder
  $ gradcam evaluate --manifest photos.csv --model net.onnx --metric energy-pointing-game --output results/
      boxes and masks from a list; results as csv and json, curves as svg and png
  $ gradcam evaluate photo.jpg --metric all --method gradcam --output photo.json
      every metric on one image
  $ gradcam evaluate photos/ --sanity --method gradcam --method guidedbackprop
      do the maps depend on what the network learned? Weights are randomised layer by layer

METRICS (↑: higher is better):
${metrics.map(({ name, better, summary, source }) => `  ${name.padEnd(21)}${better === 'higher' ? '↑' : '↓'} ${summary} (${source})`).join('\n')}

A manifest is a .csv file with a head, or .jsonl, with the columns image, class, box and mask; all but image may be empty or absent. Paths are
relative to the manifest's folder, or to --root. class is an index or a label (absent: the most probable class). box is x0,y0,x1,y1 in pixels of the
image; several are separated by ; (in .jsonl: a list of four numbers, or a list of such lists). mask is a picture: what is not black is inside; with a
column mask_value, the pixels of that value are; it wins over a box. Metrics of place need a box or a mask; images that have neither are left out of them.

Each number is a mean over images with its 95 % confidence interval (bootstrap, by --seed). Intervals of few images are wide, and still too narrow.
--output takes a folder (results.csv, summary.csv, summary.md, evaluation.json, curves.svg, curves.png), or one file: .csv (one line for each image,
method and metric), .md (the table), .json (all), .svg or .png (curves of deletion and insertion).`;

/** `gradcam evaluate SOURCE...` */
export const evaluateCommand: AddCommand = (program, io, finish) => {
  const command = program
    .command('evaluate')
    .summary('measure how good the maps of methods are')
    .description(
      'Measures the maps of one or more methods over images: faithfulness to the network, place, stability; with confidence intervals.',
    )
    .argument('[source...]', 'images, .npy tensors, or folders of them; - for standard input')
    .addOption(modelOption())
    .addOption(new Option('--manifest <file>', 'images with their classes, boxes and masks: .csv or .jsonl').argParser(notEmpty))
    .addOption(new Option('--root <dir>', "folder of the manifest's paths (default: that of the manifest)").argParser(notEmpty))
    .addOption(new Option('--boxes <file.json>', 'boxes by the name of the image: {"cat.jpg": [[x0, y0, x1, y1]]}').argParser(notEmpty))
    .addOption(new Option('--masks <dir>', 'folder of masks, each named as its image').argParser(notEmpty))
    .addOption(
      new Option('-c, --class <class>', 'class to explain in every image that the manifest gives none: index or label').argParser(notEmpty),
    )
    .addOption(layerOption())
    .addOption(new Option('--method <name>', `${METHODS.join(', ')}; repeatable`).argParser(method).default([], 'gradcam'))
    .addOption(
      new Option('--metric <name>', 'a metric of the list below, or all; repeatable')
        .argParser(metric)
        .default([], 'average-drop, increase, deletion, insertion, and the pointing games where there are boxes or masks'),
    )
    .option('--sanity', 'randomise the weights layer by layer instead, and tell whether the maps change')
    .addOption(new Option('--depths <n>', 'with --sanity: at how many depths to look (default: 12)').argParser(wholeNumber(1, MAX_STEPS)))
    .addOption(new Option('--curve-steps <n>', 'steps of deletion and insertion (default: 50)').argParser(wholeNumber(1, MAX_STEPS)))
    .addOption(
      new Option('--threshold <share>', 'mask-iou: share of the maximum from which on a pixel is shown (default: 0.5)').argParser(share),
    )
    .addOption(new Option('--tolerance <pixels>', 'pointing-game: how near is a hit (default: 15)').argParser(wholeNumber(0, MAX_STEPS)))
    .option('-o, --output <dir|file>', 'where to write results (default: only the table is printed)', notEmpty);
  for (const option of [...meaningOptions(), ...settingOptions(), ...runOptions()]) command.addOption(option);
  command.addHelpText('after', EXAMPLES).action(async (sources: string[], flags: EvaluateFlags) => {
    const { evaluate } = await import('./evaluate.js');
    finish(await evaluate(sources, flags, io));
  });
};

function method(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, oneMethod(value)];
}

/** A metric by any of its spellings, or all of them. */
function metric(value: string, previous: readonly string[]): readonly string[] {
  const wanted = value.toLowerCase();
  if (wanted === 'all') return METRICS;
  if (/^(parameter-)?randomi[sz]ation$|^sanity$/.test(wanted))
    throw new InvalidArgumentError('randomisation of weights is asked by --sanity');
  const found = metrics.find(({ name, aliases }) => name === wanted || aliases.includes(wanted));
  return [...previous, found?.name ?? oneOf(METRICS)(value)];
}
