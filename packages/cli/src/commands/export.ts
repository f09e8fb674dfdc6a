import { type Exported, exportExplained, findClass, readClassifier } from '@gradcam/core';
import { Option } from 'commander';
import { UsageError } from '../errors.js';
import type { Io } from '../io.js';
import { classText, findLabels } from '../model/labels.js';
import { loadModel, sessionOptions } from '../model/load.js';
import { startRuntime } from '../model/runtime.js';
import { findModel } from '../model/source.js';
import { layerOption, METHODS, type ModelFlags, modelOption, notEmpty, oneMethod, runOptions } from '../options.js';
import { planData, writeData } from '../output/data-files.js';
import { PathClaims } from '../output/names.js';
import { findTarget } from '../output/target.js';
import { writeOutput } from '../output/write.js';
import type { AddCommand } from './add.js';

interface ExportFlags extends ModelFlags {
  readonly output: string;
  readonly class?: string;
  readonly classInput?: true;
  readonly layer: readonly string[];
  readonly method?: string;
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
    .option('--labels <file>', 'names of the classes, one a line', notEmpty);
  for (const option of runOptions()) command.addOption(option);
  command.addHelpText('after', EXAMPLES).action((flags: ExportFlags) => writeExport(flags, io));
};

async function writeExport(flags: ExportFlags, io: Io): Promise<void> {
  const target = findTarget({ option: '--output', path: flags.output, several: false, picture: false });
  if ('folder' in target) throw new UsageError(`--output '${flags.output}' is a folder; give the name of a file, such as explained.onnx`);
  const source = await findModel(flags.model, io);
  const loaded = await loadModel(source);
  const data = await planData(source.path, target.file, loaded.externalData);
  const path = new PathClaims([source.path, ...data.map((file) => file.to)]).exact(target.file);
  const runtime = await startRuntime(flags, io);
  const session = sessionOptions(loaded, flags);
  const { graph, scores } = await readClassifier(runtime, loaded.bytes, { session });
  const labels = await findLabels(flags.labels, loaded, graph.metadata, scores.classes);
  const index = flags.class === undefined ? undefined : findClass(labels.names, flags.class, scores.classes);
  const exported = await exportExplained(runtime, loaded.bytes, {
    ...(index !== undefined && { class: index }),
    ...(flags.classInput && { classInput: true }),
    ...(flags.layer.length > 0 && { layers: flags.layer }),
    ...(flags.method !== undefined && { methods: [flags.method] }),
    session,
  });
  const copied = await writeData(data);
  await writeOutput(path, exported.bytes);
  io.out(`${path}: ${source.name} with ${exported.bytes.length - loaded.bytes.length} bytes more\n`);
  const explained = index === undefined ? 'the most probable class' : classText(labels, index);
  for (const line of added(exported, explained)) io.out(`  ${line}\n`);
  for (const file of copied) io.out(`  weights beside it: ${file}\n`);
}

function added({ heatmap, classInput, layers, method }: Exported, explained: string): string[] {
  const what = classInput === undefined ? `of ${explained}` : 'of each class asked for';
  const output = `output ${heatmap}: float32 in [0, 1], ${method} at ${layers.join(' + ')}, ${what}`;
  return classInput === undefined ? [output] : [output, `input ${classInput}: int64 [K], the classes; -1 is the most probable`];
}
