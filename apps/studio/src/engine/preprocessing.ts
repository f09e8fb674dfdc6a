import {
  choosePreprocess,
  GradcamError,
  type ImageInput,
  isPresetName,
  type Preprocess,
  type Preprocessing,
  parseHuggingFacePreprocess,
  parsePreprocess,
  preprocessDefaults,
  presetFor,
  requireFit,
  type Scores,
} from '@gradcam/core';
import type { ModelSource } from './protocol.js';

/** The preprocessing that was chosen, else that of the model, else its publisher's, else a guess that is told. @throws GradcamError `invalid-preprocess` */
export function findPreprocessing(
  { name, preprocess: chosen, published }: Pick<ModelSource, 'name' | 'preprocess' | 'published'>,
  metadata: ReadonlyMap<string, string>,
  input: ImageInput,
  scores: Scores,
): Preprocessing {
  if (chosen !== undefined) {
    const spec = isPresetName(chosen) ? presetFor(chosen, input) : described(chosen, input);
    return { spec: requireFit(spec, input, 'the preprocessing'), notes: [] };
  }
  const advice = 'choose another where the prediction looks wrong';
  return choosePreprocess({ name, metadata, published, advice }, input, scores);
}

/** Our schema, or a `preprocessor_config.json` of Hugging Face. */
function described(text: string, input: ImageInput): Preprocess {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new GradcamError('invalid-preprocess', `expected the preprocessing as JSON, but it is not: ${String(error)}`, { cause: error });
  }
  const defaults = preprocessDefaults(input);
  const isHuggingFace =
    typeof json === 'object' && json !== null && ('image_mean' in json || 'do_resize' in json || 'do_normalize' in json);
  if (!isHuggingFace) return parsePreprocess(json, 'the preprocessing', defaults);
  const spec = parseHuggingFacePreprocess(json, 'the preprocessing', defaults.size);
  // The file of a family of models; this one fixes its own size.
  return { ...spec, size: defaults.size ?? spec.size };
}
