import {
  GradcamError,
  type ImageInput,
  isPresetName,
  type Preprocess,
  type PreprocessDefaults,
  parseHuggingFacePreprocess,
  parsePreprocess,
  preset,
} from '@gradcam/core';
import type { ModelSource } from './protocol.js';

/** How pictures become the model's input, and what the user should know about why. */
export interface Preprocessing {
  readonly spec: Preprocess;
  readonly notes: readonly string[];
}

/** Side of the input where neither the model nor anything else says one: that of most ImageNet networks. */
const DEFAULT_SIDE = 224;

/**
 * The preprocessing that was chosen, else that of the model's metadata, else its publisher's, else a guess that is told. Size and layout are the model's
 * own wherever its input fixes them.
 *
 * @throws GradcamError `invalid-preprocess`
 */
export function findPreprocessing(
  { preprocess: chosen, published }: ModelSource,
  metadata: ReadonlyMap<string, string>,
  input: ImageInput,
  classes: number,
): Preprocessing {
  const own = fixedSize(input);
  const defaults: PreprocessDefaults = { layout: input.layout, ...(own && { size: own }) };
  const size = own ?? ([DEFAULT_SIDE, DEFAULT_SIDE] as const);
  if (chosen !== undefined) {
    const spec = isPresetName(chosen) ? preset(chosen, size, input.layout) : described(chosen, 'the preprocessing', defaults);
    return fitted(spec, input, 'that was given');
  }
  const stored = metadata.get('preprocess');
  if (stored !== undefined) return fitted(described(stored, 'the model’s metadata', defaults), input, 'in the model’s metadata');
  if (published !== undefined) return fitted(published, input, 'that its publisher gives');
  const { name, why } = guessPreset(input, classes);
  const notes = [`Preprocessing: “${name}” at ${size.join(' × ')} is assumed, as ${why}. Choose another if the prediction looks wrong.`];
  return { spec: preset(name, size, input.layout), notes };
}

/** Our schema, or a `preprocessor_config.json` of Hugging Face. */
function described(text: string, origin: string, defaults: PreprocessDefaults): Preprocess {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new GradcamError('invalid-preprocess', `expected ${origin} as JSON, but it is not: ${String(error)}`, { cause: error });
  }
  const huggingFace = typeof json === 'object' && json !== null && ('image_mean' in json || 'do_resize' in json || 'do_normalize' in json);
  return huggingFace ? parseHuggingFacePreprocess(json, origin, defaults.size) : parsePreprocess(json, origin, defaults);
}

/** The recipe for a model of which nothing is known but its shape, as the command guesses it. */
function guessPreset({ type }: ImageInput, classes: number): { readonly name: 'raw' | 'inception' | 'imagenet'; readonly why: string } {
  if (type === 'uint8') return { name: 'raw', why: 'the input takes bytes' };
  if (classes === 1001) return { name: 'inception', why: '1001 classes are those of TensorFlow’s ImageNet networks' };
  return { name: 'imagenet', why: 'the model does not say' };
}

function fixedSize({ height, width }: ImageInput): readonly [number, number] | undefined {
  return typeof height === 'number' && typeof width === 'number' ? [height, width] : undefined;
}

/** A description at the size and in the layout of the model's input. */
function fitted(spec: Preprocess, input: ImageInput, origin: string): Preprocessing {
  const size = fixedSize(input) ?? spec.size;
  const same = size[0] === spec.size[0] && size[1] === spec.size[1];
  const notes = same
    ? []
    : [`The size ${spec.size.join(' × ')} ${origin} is left aside: the model’s input is fixed at ${size.join(' × ')}.`];
  return { spec: { ...spec, size, layout: input.layout }, notes };
}
