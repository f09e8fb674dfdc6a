import { GradcamError } from '../errors.js';
import type { BoxForm } from '../model/detector.js';
import type { ImageInput } from '../model/input.js';
import type { Scores } from '../model/score.js';
import { parseHuggingFacePreprocess } from './hugging-face.js';
import { type PreprocessDefaults, parsePreprocess } from './parse.js';
import { type PresetName, preset } from './presets.js';
import type { Preprocess } from './schema.js';

/** Side of the input where neither the model nor anything else says one: that of most ImageNet networks. */
const DEFAULT_SIDE = 224;

/** Where a model's preprocessing may be said. */
export interface PreprocessSources {
  /** The model's `metadata_props`, of which `preprocess` is read. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What messages call the model. */
  readonly name: string;
  /** Hugging Face's `preprocessor_config.json` beside it, as parsed JSON, and what messages call it. */
  readonly beside?: { readonly path: string; readonly value: unknown } | undefined;
  /** What its publisher says. */
  readonly published?: Preprocess | undefined;
  /** How a user says it better, for the note that tells a guess. */
  readonly advice: string;
}

/** How pictures become a model's input, and what the user should know about why. */
export interface Preprocessing {
  readonly spec: Preprocess;
  readonly notes: readonly string[];
}

/**
 * The preprocessing of a model's pictures: that of its metadata, else of the file beside it, else its publisher's, else a guess. Size and
 * layout are the model's own wherever its input fixes them.
 *
 * @throws GradcamError `invalid-preprocess`
 */
export function choosePreprocess(sources: PreprocessSources, input: ImageInput, scores: Scores): Preprocessing {
  const { metadata, name: model, beside, published, advice } = sources;
  const defaults = preprocessDefaults(input);
  const stored = metadata.get('preprocess');
  if (stored !== undefined) {
    const origin = `the metadata 'preprocess' of '${model}'`;
    return fitted(parsePreprocess(parseJson(stored, origin), origin, defaults), input, origin);
  }
  if (beside !== undefined) {
    const fitting = fitted(parseHuggingFacePreprocess(beside.value, beside.path, defaults.size), input, beside.path);
    return { ...fitting, notes: [`preprocessing: that of '${beside.path}'`, ...fitting.notes] };
  }
  if (published !== undefined) return fitted(published, input, 'its publisher');
  const { name, why } = guessPreset(input, scores.classes, scores.kind === 'boxes' ? scores.layout.form : undefined);
  const spec = presetFor(name, input);
  return { spec, notes: [`preprocessing: '${name}' at ${spec.size.join(' × ')} is assumed, since ${why}; ${advice}`] };
}

/** A preset at the size and in the layout of a model's input. @throws GradcamError `invalid-preprocess` */
export function presetFor(name: string, input: ImageInput): Preprocess {
  return preset(name, preprocessDefaults(input).size ?? [DEFAULT_SIDE, DEFAULT_SIDE], input.layout);
}

/** What a model's input says of size and layout, for descriptions that leave them out. */
export function preprocessDefaults({ height, width, layout }: ImageInput): PreprocessDefaults {
  return { layout, ...(typeof height === 'number' && typeof width === 'number' && { size: [height, width] as const }) };
}

/**
 * A description that a user gave for this model, in its layout.
 *
 * @param origin what messages call it
 * @throws GradcamError `invalid-preprocess` where it asks for another size than the model's input has
 */
export function requireFit(spec: Preprocess, input: ImageInput, origin: string): Preprocess {
  const size = fixedSize(input, spec);
  if (size[0] === spec.size[0] && size[1] === spec.size[1]) return { ...spec, layout: input.layout };
  throw new GradcamError(
    'invalid-preprocess',
    `'${origin}' asks for a size of ${spec.size.join(' × ')}, but the model's input '${input.name}' is fixed at ${size.join(' × ')}; leave the size out`,
  );
}

/** The detectors that write their boxes down so, and how they were trained. */
const detectors: Readonly<Record<BoxForm, { readonly name: PresetName; readonly why: string }>> = {
  cell: { name: 'yolox', why: 'its boxes are written as YOLOX writes them' },
  pixels: { name: 'yolo', why: 'its boxes are written as YOLO networks write them' },
  distances: { name: 'nanodet', why: 'its boxes are written as NanoDet writes them' },
};

/**
 * The recipe for a model of which nothing is known but its shape: bytes want plain pixels; boxes tell a detector's family; 1001 classes are
 * ImageNet as TensorFlow's networks count it, and those were trained on −1 … 1; most others were trained as torchvision's.
 *
 * @param boxes how a detector writes its boxes down
 */
export function guessPreset({ type }: ImageInput, classes: number, boxes?: BoxForm): { readonly name: PresetName; readonly why: string } {
  if (type === 'uint8') return { name: 'raw', why: 'the input takes bytes' };
  if (boxes !== undefined) return detectors[boxes];
  if (classes === 1001) return { name: 'inception', why: '1001 classes are those of TensorFlow’s ImageNet networks' };
  return { name: 'imagenet', why: 'nothing says another' };
}

function fixedSize({ height, width }: ImageInput, { size }: Preprocess): readonly [number, number] {
  return [typeof height === 'number' ? height : size[0], typeof width === 'number' ? width : size[1]];
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
    throw new GradcamError('invalid-preprocess', `expected JSON in ${origin}; a preprocessing that you give overrides it`, {
      cause: error,
    });
  }
}
