import { existsSync } from 'node:fs';
import {
  GradcamError,
  type ImageInput,
  isPresetName,
  nearest,
  type Preprocess,
  type PreprocessDefaults,
  parseHuggingFacePreprocess,
  parsePreprocess,
  preset,
  presetNames,
} from '@gradcam/core';
import { UsageError } from '../errors.js';
import { readJsonFile } from '../input/text.js';
import type { LoadedModel } from './load.js';

/** How pictures become the model's input, and what the user should know about why. */
export interface Preprocessing {
  readonly spec: Preprocess;
  readonly notes: readonly string[];
}

/** Side of the input where neither the model nor anything else says one: that of most ImageNet networks. */
const DEFAULT_SIDE = 224;

/**
 * The preprocessing of a model's pictures: that of `--preprocess`, else of the model's metadata, else of the `preprocessor_config.json`
 * beside it, else the zoo's, else a default. Size and layout are the model's own wherever its input fixes them.
 *
 * @throws GradcamError `invalid-preprocess` where `--preprocess` asks for another size than the model's input has
 */
export async function findPreprocessing(
  option: string | undefined,
  loaded: LoadedModel,
  metadata: ReadonlyMap<string, string>,
  input: ImageInput,
  classes: number,
): Promise<Preprocessing> {
  const defaults = inputDefaults(input);
  if (option !== undefined) {
    const spec = await chosen(option, defaults);
    requireSize(spec, input, option);
    return { spec: { ...spec, layout: input.layout }, notes: [] };
  }
  const stored = metadata.get('preprocess');
  if (stored !== undefined) {
    const origin = `the metadata 'preprocess' of '${loaded.name}'`;
    return fitted(parsePreprocess(parseJson(stored, origin), origin, defaults), input, origin);
  }
  const { preprocessor } = loaded.beside;
  if (preprocessor !== undefined) {
    const fitting = fitted(parseHuggingFacePreprocess(preprocessor.value, preprocessor.path, defaults.size), input, preprocessor.path);
    return { ...fitting, notes: [`preprocessing: that of '${preprocessor.path}'`, ...fitting.notes] };
  }
  if (loaded.preprocess !== undefined) return fitted(loaded.preprocess, input, 'the zoo');
  const { name, why } = guessPreset(input, classes);
  const size = defaults.size ?? [DEFAULT_SIDE, DEFAULT_SIDE];
  return {
    spec: preset(name, size, input.layout),
    notes: [`preprocessing: '${name}' at ${size.join(' × ')} is assumed, since ${why}; --preprocess NAME or FILE.json says it better`],
  };
}

/**
 * The recipe for a model of which nothing is known but its shape: bytes want plain pixels; 1001 classes are ImageNet as
 * TensorFlow's networks count it, and those were trained on −1 … 1; most others were trained as torchvision's.
 */
export function guessPreset(
  { type }: ImageInput,
  classes: number,
): { readonly name: 'raw' | 'inception' | 'imagenet'; readonly why: string } {
  if (type === 'uint8') return { name: 'raw', why: 'the input takes bytes' };
  if (classes === 1001) return { name: 'inception', why: '1001 classes are those of TensorFlow’s ImageNet networks' };
  return { name: 'imagenet', why: 'nothing says another' };
}

async function chosen(option: string, defaults: PreprocessDefaults): Promise<Preprocess> {
  if (isPresetName(option)) return preset(option, defaults.size ?? [DEFAULT_SIDE, DEFAULT_SIDE], defaults.layout);
  if (!option.endsWith('.json') && !existsSync(option)) {
    const [near] = nearest(option, presetNames, 1);
    const advice = near === undefined ? '' : `did you mean '${near}'? `;
    throw new UsageError(`--preprocess '${option}' is neither a preset nor a file; ${advice}there are: ${presetNames.join(', ')}`);
  }
  return parsePreprocess(await readJsonFile(option, 'a description of the preprocessing'), option, defaults);
}

function inputDefaults({ height, width, layout }: ImageInput): PreprocessDefaults {
  return { layout, ...(typeof height === 'number' && typeof width === 'number' && { size: [height, width] as const }) };
}

function fixedSize({ height, width }: ImageInput, { size }: Preprocess): readonly [number, number] {
  return [typeof height === 'number' ? height : size[0], typeof width === 'number' ? width : size[1]];
}

function requireSize(spec: Preprocess, input: ImageInput, origin: string): void {
  const size = fixedSize(input, spec);
  if (size[0] === spec.size[0] && size[1] === spec.size[1]) return;
  throw new GradcamError(
    'invalid-preprocess',
    `'${origin}' asks for a size of ${spec.size.join(' × ')}, but the model's input '${input.name}' is fixed at ${size.join(' × ')}; leave the size out`,
  );
}

/** A description that came with the model, at the size and in the layout of the model's input. */
function fitted(spec: Preprocess, input: ImageInput, origin: string): Preprocessing {
  const size = fixedSize(input, spec);
  const same = size[0] === spec.size[0] && size[1] === spec.size[1];
  const notes = same
    ? []
    : [`the size ${spec.size.join(' × ')} of ${origin} is left aside: the model's input is fixed at ${size.join(' × ')}`];
  return { spec: { ...spec, size, layout: input.layout }, notes };
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GradcamError('invalid-preprocess', `expected JSON in ${origin}; --preprocess NAME or FILE.json overrides it`, {
      cause: error,
    });
  }
}
