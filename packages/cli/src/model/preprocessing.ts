import { existsSync } from 'node:fs';
import {
  choosePreprocess,
  type ImageInput,
  isPresetName,
  nearest,
  type Preprocess,
  type Preprocessing,
  parsePreprocess,
  preprocessDefaults,
  presetFor,
  presetNames,
  requireFit,
  type Scores,
} from '@gradcam/core';
import { UsageError } from '../errors.js';
import { readJsonFile } from '../input/text.js';
import type { LoadedModel } from './load.js';

/**
 * The preprocessing of a model's pictures: that of `--preprocess`, else of the model's metadata, else of the `preprocessor_config.json`
 * beside it, else the zoo's, else a default. Size and layout are the model's own wherever its input fixes them.
 *
 * @throws GradcamError `invalid-preprocess` where `--preprocess` asks for another size than the model's input has
 */
export async function findPreprocessing(
  option: string | undefined,
  { name, beside, preprocess: published }: LoadedModel,
  metadata: ReadonlyMap<string, string>,
  input: ImageInput,
  scores: Scores,
): Promise<Preprocessing> {
  if (option !== undefined) return { spec: requireFit(await chosen(option, input), input, option), notes: [] };
  const advice = '--preprocess NAME or FILE.json says it better';
  return choosePreprocess({ name, metadata, beside: beside.preprocessor, published, advice }, input, scores);
}

async function chosen(option: string, input: ImageInput): Promise<Preprocess> {
  if (isPresetName(option)) return presetFor(option, input);
  if (!option.endsWith('.json') && !existsSync(option)) {
    const [near] = nearest(option, presetNames, 1);
    const advice = near === undefined ? '' : `did you mean '${near}'? `;
    throw new UsageError(`--preprocess '${option}' is neither a preset nor a file; ${advice}there are: ${presetNames.join(', ')}`);
  }
  return parsePreprocess(await readJsonFile(option, 'a description of the preprocessing'), option, preprocessDefaults(input));
}
