import { describedTarget, type Exported, exportExplained, readClassifier } from '@gradcam/core';
import { Option } from 'commander';
import { UsageError } from '../errors.js';
import type { Io } from '../io.js';
import { classText, findLabels } from '../model/labels.js';
import { loadModel, sessionOptions } from '../model/load.js';
import { startRuntime } from '../model/runtime.js';
import { findModel } from '../model/source.js';
import {
  FUSIONS,
  layerOption,
  METHODS,
  type ModelFlags,
  modelOption,
  notEmpty,
  oneMethod,
  oneOf,
  type QuestionFlags,
  questionOptions,
  runOptions,
} from '../options.js';
import { planData, writeData } from '../output/data-files.js';
import { PathClaims } from '../output/names.js';
import { findFile } from '../output/target.js';
import { writeOutput } from '../output/write.js';
import type { AddCommand } from './add.js';
import { questionOf } from './explain/question.js';

interface ExportFlags extends ModelFlags, QuestionFlags {
  readonly output: string;
  readonly class?: string;
  readonly classInput?: true;
  readonly layer: readonly string[];
  readonly method?: string;
  readonly fusion?: (typeof FUSIONS)[number];
  readonly labels?: string;
}

const EXAMPLES = `
Examples:
  $ gradcam export --model net.onnx --output explained.onnx
      the same inputs and outputs, and one output more: heatmap [batch, H, W] in [0, 1], for the most probable class
  $ gradcam export --model net.onnx --output cats.onnx --class "tabby cat"
      always explains that class
  $ gradcam export --model net.onnx --output any.onnx --class-input
      a further input, class: int64 [K], the classes to explain; -1 is the most probable
  $ gradcam export --model net.onnx --output why.onnx --method hirescam --class airplane --against truck
      another method, and another score: why an airplane and not a truck

The file runs in any ONNX Runtime, from any language, with none of this program.`;

/** `gradcam export` */
export const exportCommand: AddCommand = (program, io) => {
  const command = program
    .command('export')
    .summary('write a model that explains itself')
    .description('Writes the model with one output more, the heatmap, computed in the same run as the prediction.')
    .addOption(modelOption())
    .requiredOption('-o, --output <file.onnx>', 'where to write', notEmpty)
    .option('-c, --class <class>', 'always explain this class, index or label (default: the most probable of each row)', notEmpty)
    .addOption(new Option('--class-input', 'add an input that says which classes to explain').conflicts('class'))
    .addOption(layerOption())
    .option('--method <name>', `method of explanation: ${METHODS.join(', ')} (default: gradcam)`, oneMethod)
    .addOption(new Option('--fusion <name>', `how the maps of several layers become one: ${FUSIONS.join(', ')}`).argParser(oneOf(FUSIONS)))
    .option('--labels <file>', 'names of the classes, one a line', notEmpty);
  // A mask belongs to one picture, an exported model to all.
  const questions = questionOptions().filter(({ long }) => long !== '--mask');
  for (const option of [...questions, ...runOptions()]) command.addOption(option);
  command.addHelpText('after', EXAMPLES).action((flags: ExportFlags) => writeExport(flags, io));
};

async function writeExport(flags: ExportFlags, io: Io): Promise<void> {
  const file = findFile({ option: '--output', path: flags.output, picture: false }, 'explained.onnx');
  const source = await findModel(flags.model, io);
  const loaded = await loadModel(source);
  const data = await planData(source.path, file, loaded.externalData);
  const path = new PathClaims([source.path, ...data.map(({ to }) => to)]).exact(file);
  const runtime = await startRuntime(flags, io);
  const session = sessionOptions(loaded, flags);
  const output = flags.scoreOutput === undefined ? {} : { output: flags.scoreOutput };
  const { graph, scores } = await readClassifier(runtime, loaded.bytes, { session, ...output });
  const known = await findLabels(flags.labels, loaded, graph.metadata, scores.classes);
  const {
    target: asked,
    classes,
    labels,
  } = await questionOf({ ...flags, class: flags.class === undefined ? [] : [flags.class] }, scores, known);
  if (classes.length > 1) throw new UsageError(`--box ${flags.box} names a class, and --class another; give one of them`);
  const [index] = classes;
  const exported = await exportExplained(runtime, loaded.bytes, {
    ...(index !== undefined && { class: index }),
    ...(flags.classInput && { classInput: true }),
    ...(flags.layer.length > 0 && { layers: flags.layer }),
    ...(flags.method !== undefined && { methods: [flags.method] }),
    ...(flags.fusion && { fusion: flags.fusion }),
    ...(asked !== undefined && { target: describedTarget(asked) }),
    ...(flags.counterfactual && { counterfactual: true }),
    ...output,
    session,
  });
  const copied = await writeData(data);
  await writeOutput(path, exported.bytes);
  io.out(`${path}: ${source.name} with ${exported.bytes.length - loaded.bytes.length} bytes more\n`);
  const named = index === undefined ? 'the most probable class' : classText(labels, index);
  const explained = flags.against === undefined ? named : `${named} rather than ${flags.against}`;
  for (const line of added(exported, `${flags.counterfactual ? 'against' : 'of'} ${explained}`)) io.out(`  ${line}\n`);
  for (const file of copied) io.out(`  weights beside it: ${file}\n`);
}

function added({ heatmap, classInput, layers, method }: Exported, explained: string): string[] {
  const what = classInput === undefined ? explained : 'of each class asked for';
  const output = `output ${heatmap}: float32 in [0, 1], ${method} at ${layers.join(' + ')}, ${what}`;
  return classInput === undefined ? [output] : [output, `input ${classInput}: int64 [K], the classes; -1 is the most probable`];
}
