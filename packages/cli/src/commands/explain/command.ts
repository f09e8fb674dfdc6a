import { type ColormapName, DEFAULT_ALPHA, DEFAULT_COLORMAP } from '@gradcam/core';
import { Option } from 'commander';
import {
  COLORMAPS,
  FUSIONS,
  layerOption,
  METHODS,
  type MeaningFlags,
  type ModelFlags,
  meaningOptions,
  modelOption,
  notEmpty,
  oneMethod,
  oneOf,
  type QuestionFlags,
  questionOptions,
  repeatable,
  runOptions,
  type SettingFlags,
  SMOOTHINGS,
  settingOptions,
  share,
  wholeNumber,
} from '../../options.js';
import type { AddCommand } from '../add.js';

/** The options of `gradcam explain` as Commander gives them. */
export interface ExplainFlags extends ModelFlags, MeaningFlags, QuestionFlags, SettingFlags {
  readonly class: readonly string[];
  readonly layer: readonly string[];
  readonly method: readonly string[];
  readonly fusion?: (typeof FUSIONS)[number];
  readonly smooth: readonly (typeof SMOOTHINGS)[number][];
  readonly output?: string;
  readonly overlay?: true;
  readonly sheet?: string;
  readonly alpha: number;
  readonly colormap: ColormapName;
  readonly compat?: 'pytorch-grad-cam';
  readonly json?: true;
  readonly top: number;
  readonly saveMap?: string;
  readonly saveHeatmap?: string;
}

/** Classes in a list of predictions; the largest classifiers have some 22,000. */
const MAX_TOP = 100_000;

const EXAMPLES = `
Examples:
  $ gradcam explain photo.jpg
      the most probable class by the bundled model; writes photo.gradcam.png here
  $ gradcam explain photo.jpg --class truck --class airplane
      one figure that shows both
  $ gradcam explain cat.jpg --model resnet18 --class "tabby, tabby cat" --output why.png
      a model from the zoo and a class by its label (any one of its names) or its index
  $ gradcam explain *.jpg --model net.onnx --labels names.txt --preprocess inception --output maps/
      many photos, a model of your own
  $ gradcam explain a.jpg b.jpg c.jpg --method gradcam --method layercam --sheet sheet.png
      one picture: a row for each image, a column for each method
  $ gradcam explain photo.jpg --overlay --alpha 0.4 --colormap viridis --output overlay.png
      the overlay alone, at the photo's own size
  $ gradcam explain photo.jpg --json --save-heatmap heat.npy
      numbers for other programs; heat.npy is what numpy.load reads
  $ gradcam explain photo.jpg --class airplane --against truck
      why an airplane and not a truck
  $ gradcam explain photo.jpg --class truck --counterfactual
      what speaks against a truck
  $ gradcam explain photo.jpg --method gradcam --method hirescam --method layercam
      several methods side by side; gradcam methods lists them all
  $ gradcam explain street.jpg --model deeplab.onnx --labels voc.txt --class person --mask left-half.png
      a segmentation: the score of a class over the pixels of a mask (default: those that the model gives to the class)
  $ gradcam explain pets.jpg --model yolox.onnx --labels coco.txt --box dog --method hirescam
      a detector: the best box of a label, or one by its index as --json lists them; methods that weigh each position for
      itself, such as hirescam and layercam, stay with the box where gradcam lights up all that is like it
  $ gradcam explain face.jpg --model embedding.onnx --reference other.npy
      what makes two feature vectors alike
  $ curl -s https://example.org/photo.jpg | gradcam explain - --output why.png
      a picture from standard input

--class takes an index or a label. --layer takes a name (gradcam layers lists them), auto, or last-conv.
--preprocess takes imagenet, inception, caffe, unit, raw, yolox, yolo, nanodet, or a JSON file such as
  {"size": [224, 224], "fit": "crop", "crop": 0.875, "channels": "RGB", "scale": 0.00392, "mean": [0, 0, 0], "std": [1, 1, 1]}
Labels and preprocessing that are not given come from the model's metadata, from config.json and preprocessor_config.json
beside it, or from what its shape suggests; a line on standard error says so.
A line of --json is {input, model, method, layer, class: {index, label, probability}, score, target, predictions, files,
milliseconds}, or {input, error: {code, message}}; several layers are joined by +. With --against it has against: {index,
label}, with --counterfactual that, of a detector boxes: [{index, class, score, box: [left, top, right, bottom]}]. The
probability is the share of pixels for a segmentation, the best box's score for a detector, and the similarity to a reference.`;

/** `gradcam explain IMAGE...` */
export const explainCommand: AddCommand = (program, io, finish) => {
  const command = program
    .command('explain')
    .summary('show what a network looked at in an image')
    .description('Shows which regions of an image speak for a class, a segment or a box: writes the original and the heatmap side by side.')
    .argument('<image...>', 'jpeg, png, webp, avif, gif, tiff or svg; - for standard input; or a .npy tensor, taken as it is')
    .addOption(modelOption())
    .addOption(
      new Option('-c, --class <class>', 'class to explain, index or label; repeatable')
        .argParser(repeatable)
        .default([], 'the most probable'),
    )
    .addOption(layerOption())
    .addOption(new Option('--fusion <name>', `how the maps of several layers become one: ${FUSIONS.join(', ')}`).argParser(oneOf(FUSIONS)))
    .addOption(new Option('--smooth <name>', `${SMOOTHINGS.join(', ')}; repeatable`).argParser(smoothing).default([], 'none'))
    .addOption(new Option('--method <name>', `${METHODS.join(', ')}; repeatable`).argParser(method).default([], 'gradcam'));
  for (const option of questionOptions()) command.addOption(option);
  command
    .option('-o, --output <file|dir>', 'where to write (default: NAME.gradcam.png in the working directory)', notEmpty)
    .option('--overlay', 'write the overlay alone, one picture for each explanation')
    .option('--sheet <file>', 'write one contact sheet of all images: a row each, with its methods or its classes', notEmpty)
    .addOption(new Option('--alpha <share>', 'share of the colours in the overlay, 0 to 1').argParser(share).default(DEFAULT_ALPHA))
    .addOption(
      new Option('--colormap <name>', COLORMAPS.join(', ')).argParser(oneOf(COLORMAPS)).default(DEFAULT_COLORMAP, DEFAULT_COLORMAP),
    )
    .addOption(
      new Option('--compat <library>', 'scale and overlay as that library does: pytorch-grad-cam').argParser(oneOf(['pytorch-grad-cam'])),
    )
    .option('--json', 'print one line of JSON for each explanation, and nothing else')
    .addOption(new Option('--top <n>', 'predictions to list').argParser(wholeNumber(1, MAX_TOP)).default(5))
    .option('--save-map <file|dir>', "write the layer's signed map as .npy, float32 [h, w]", notEmpty)
    .option('--save-heatmap <file|dir>', "write the final heatmap as .npy, float32 [H, W] at the network's input size", notEmpty);
  for (const option of [...meaningOptions(), ...settingOptions(), ...runOptions()]) command.addOption(option);
  command.addHelpText('after', EXAMPLES).action(async (images: string[], flags: ExplainFlags) => {
    const { explain } = await import('./explain.js');
    finish(await explain(images, flags, io));
  });
};

function smoothing(value: string, previous: ExplainFlags['smooth']): ExplainFlags['smooth'] {
  return [...new Set([...previous, oneOf(SMOOTHINGS)(value)])];
}

function method(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, oneMethod(value)];
}
