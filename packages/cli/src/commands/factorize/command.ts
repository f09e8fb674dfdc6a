import { DEFAULT_CONCEPTS, MAX_CONCEPT_COLORS } from '@gradcam/core';
import { Option } from 'commander';
import { type MeaningFlags, type ModelFlags, meaningOptions, modelOption, notEmpty, runOptions, wholeNumber } from '../../options.js';
import type { AddCommand } from '../add.js';

/** The options of `gradcam factorize` as Commander gives them. */
export interface FactorizeFlags extends ModelFlags, MeaningFlags {
  readonly concepts: number;
  readonly layer?: string;
  readonly output?: string;
  readonly saveMaps?: string;
  readonly json?: true;
  readonly top: number;
}

/** Classes named of a concept. */
const MAX_TOP = 100_000;

const EXAMPLES = `
Examples:
  $ gradcam factorize photo.jpg
      ${DEFAULT_CONCEPTS} concepts, each a colour, and the classes that each speaks for; writes photo.concepts.png here
  $ gradcam factorize cat.jpg dog.jpg horse.jpg --model resnet18 --concepts 6 --output concepts.png
      concepts that several photos share, in one figure
  $ gradcam factorize photo.jpg --json --save-maps maps/
      numbers for other programs; maps/photo.concept-1.npy is where concept 1 is

The activations of a layer (what is negative counts as 0) are taken apart into a few concepts, each a direction of channels with a map for each
image (deep feature factorisation, arXiv 1806.10206). No class is asked for. A concept's percentages are what the network says of an image that is
that concept all over; where the layer cannot be separated from the rest of the image (skip connections, class tokens), they are replaced by what
the concept adds to the scores, to first order.
--json prints one line: {layer, concepts: [{share, classes: [{index, label, score, probability}]}], images: [{input, predictions, maps}], scoredBy,
error, clipped, files}.`;

/** `gradcam factorize IMAGE...` */
export const factorizeCommand: AddCommand = (program, io, finish) => {
  const command = program
    .command('factorize')
    .summary('show the concepts that a network tells apart in images')
    .description(
      'Shows what a network tells apart in one or more images: a few concepts, where each is, and the classes that it speaks for.',
    )
    .argument('<image...>', 'jpeg, png, webp, avif, gif, tiff or svg; - for standard input')
    .addOption(modelOption())
    .addOption(
      new Option('-k, --concepts <n>', `how many concepts, 1 to ${MAX_CONCEPT_COLORS}`)
        .argParser(wholeNumber(1, MAX_CONCEPT_COLORS))
        .default(DEFAULT_CONCEPTS),
    )
    .addOption(new Option('-l, --layer <layer>', 'layer to take apart: a name, auto or last-conv (default: auto)').argParser(notEmpty))
    .option('-o, --output <file|dir>', 'where to write (default: NAME.concepts.png in the working directory)', notEmpty)
    .option('--save-maps <dir>', 'write the map of each concept in each image as .npy, float32 [h, w] in [0, 1]', notEmpty)
    .option('--json', 'print one line of JSON, and nothing else')
    .addOption(new Option('--top <n>', 'classes to list of each concept').argParser(wholeNumber(1, MAX_TOP)).default(2));
  for (const option of [...meaningOptions(), ...runOptions()]) command.addOption(option);
  command.addHelpText('after', EXAMPLES).action(async (images: string[], flags: FactorizeFlags) => {
    const { factorizeImages } = await import('./factorize.js');
    finish(await factorizeImages(images, flags, io));
  });
};
