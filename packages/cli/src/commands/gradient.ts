import { GradcamError, openGradient, shapeText, type Tensor, type ValueInfo } from '@gradcam/core';
import { encodeNpy, readNpy } from '@gradcam/node';
import { UsageError } from '../errors.js';
import type { Io } from '../io.js';
import { loadModel, sessionOptions } from '../model/load.js';
import { startRuntime } from '../model/runtime.js';
import { findModel } from '../model/source.js';
import { type ModelFlags, modelOption, notEmpty, repeatable, runOptions, wholeNumber } from '../options.js';
import { PathClaims } from '../output/names.js';
import { findFile } from '../output/target.js';
import { writeOutput } from '../output/write.js';
import type { AddCommand } from './add.js';

interface GradientFlags extends ModelFlags {
  readonly input: readonly string[];
  readonly of: string;
  readonly wrt: string;
  readonly class?: number;
  readonly output: string;
}

const EXAMPLES = `
Examples:
  $ gradcam gradient --model net.onnx --input x.npy --of logits --wrt conv5 --class 3 --output g.npy
      d logits[…, 3] / d conv5, in the shape of conv5
  $ gradcam gradient --model net.onnx --input x.npy --of logits --wrt image --output g.npy
      the gradient of the sum of all logits with respect to the input
  $ gradcam gradient --model two.onnx --input left=a.npy --input right=b.npy --of y --wrt left --output g.npy
      a model with two inputs

--of and --wrt name values of the graph, taken literally: no Softmax is stepped over.`;

/** `gradcam gradient` */
export const gradientCommand: AddCommand = (program, io) => {
  const command = program
    .command('gradient')
    .summary('compute the gradient of any value with respect to any other')
    .description('Computes d OF / d WRT exactly, at one input, and writes it as .npy in the shape of WRT.')
    .addOption(modelOption())
    .requiredOption(
      '-i, --input <x.npy>',
      "the model's input, in its own shape and type; NAME=X.npy where it has several; repeatable",
      repeatable,
    )
    .requiredOption('--of <value>', 'value of the graph that is differentiated', notEmpty)
    .requiredOption('--wrt <value>', 'value of the graph with respect to which', notEmpty)
    .option(
      '-c, --class <index>',
      'entry of the last axis of OF (default: the sum of all entries)',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .requiredOption('-o, --output <g.npy>', 'where to write', notEmpty);
  for (const option of runOptions('basic')) command.addOption(option);
  command.addHelpText('after', EXAMPLES).action((flags: GradientFlags) => writeGradient(flags, io));
};

async function writeGradient(flags: GradientFlags, io: Io): Promise<void> {
  const file = findFile({ option: '--output', path: flags.output, picture: false }, 'g.npy');
  const source = await findModel(flags.model, io);
  const loaded = await loadModel(source);
  const runtime = await startRuntime(flags, io);
  const { of, wrt, class: index } = flags;
  const gradient = await openGradient(runtime, loaded.bytes, {
    of,
    wrt,
    ...(index !== undefined && { class: index }),
    session: sessionOptions(loaded, flags),
  });
  try {
    const { feeds, files } = await readFeeds(flags.input, gradient.inputs);
    const path = new PathClaims([...files, source.path]).exact(file);
    const result = await gradient.run(feeds);
    await writeOutput(path, encodeNpy(result));
    io.out(`${path}: d ${of}${index === undefined ? '' : `[…, ${index}]`} / d ${wrt}, ${result.type} ${shapeText(result.dims)}\n`);
  } finally {
    await gradient.close();
  }
}

/** One file for each input of the model. */
async function readFeeds(
  options: readonly string[],
  inputs: readonly ValueInfo[],
): Promise<{ feeds: Record<string, Tensor>; files: string[] }> {
  const feeds: Record<string, Tensor> = {};
  const files: string[] = [];
  for (const option of options) {
    const { info, file } = assign(option, inputs);
    if (Object.hasOwn(feeds, info.name)) throw new UsageError(`the input '${info.name}' was given twice; name each: --input NAME=X.npy`);
    const tensor = await readNpy(file);
    check(tensor, info, file);
    feeds[info.name] = tensor;
    files.push(file);
  }
  const missing = inputs.filter(({ name }) => !Object.hasOwn(feeds, name)).map(({ name }) => `--input ${name}=X.npy`);
  if (missing.length > 0) throw new UsageError(`the model needs further inputs: ${missing.join(' ')}`);
  return { feeds, files };
}

/** `NAME=FILE` names its input, which may itself hold an equals sign; a bare FILE is for the first input. */
function assign(option: string, inputs: readonly ValueInfo[]): { info: ValueInfo; file: string } {
  const named = inputs.filter(({ name }) => option.startsWith(`${name}=`)).sort((a, b) => b.name.length - a.name.length)[0];
  if (named !== undefined) return { info: named, file: option.slice(named.name.length + 1) };
  const [first] = inputs;
  if (first === undefined) throw new GradcamError('unsupported-model', 'the model has no input');
  return { info: first, file: option };
}

function check({ type, dims }: Tensor, info: ValueInfo, file: string): void {
  const fits =
    info.dims === undefined ||
    (info.dims.length === dims.length && info.dims.every((size, axis) => typeof size !== 'number' || size === dims[axis]));
  if (fits && type === info.type) return;
  throw new GradcamError(
    'invalid-tensor',
    `expected '${file}' to hold the model's input '${info.name}', ${info.type} ${shapeText(info.dims)}, but it holds ${type} ${shapeText(dims)}`,
  );
}
