import { colormaps, methods, nearest, type RunSettings, targets } from '@gradcam/core';
import { InvalidArgumentError, Option } from 'commander';

/** Where a model is run, and how; the options that every command on a model shares. */
export interface ModelFlags {
  /** A path, a name from the zoo; absent: the bundled model. */
  readonly model?: string;
  readonly device?: string;
  readonly threads?: number;
  readonly optimization: Optimization;
}

export const OPTIMIZATIONS = ['disabled', 'basic', 'extended', 'all'] as const;
export type Optimization = (typeof OPTIMIZATIONS)[number];

/** Execution providers by ONNX Runtime's names; which of them are there depends on the platform. */
export const DEVICES = ['cpu', 'cuda', 'tensorrt', 'coreml', 'dml', 'webgpu', 'wasm'] as const;

export const METHODS = methods.map(({ name }) => name);

/** Names of the targets that need nothing else. */
export const TARGETS = targets.map(({ name }) => name);

export const FUSIONS = ['mean', 'max', 'product'] as const;
export const SMOOTHINGS = ['aug', 'eigen', 'noise'] as const;

export const COLORMAPS = Object.keys(colormaps);

/** More threads than any machine has cores is a slip of the finger. */
const MAX_THREADS = 1024;

/** `--model`, which every command on a model has. */
export function modelOption(): Option {
  return new Option('-m, --model <model>', 'an .onnx file, or a name from the zoo such as resnet18 (default: the bundled model)').argParser(
    notEmpty,
  );
}

/** Options that say how a model is run. */
export function runOptions(optimization: Optimization = 'all'): Option[] {
  return [
    new Option('--device <name>', `execution provider of ONNX Runtime: ${DEVICES.join(', ')} (default: cpu)`).argParser(oneOf(DEVICES)),
    new Option('--threads <n>', "threads inside one operator (default: ONNX Runtime's choice)").argParser(wholeNumber(1, MAX_THREADS)),
    new Option('--optimization <level>', `graph optimisation of ONNX Runtime: ${OPTIMIZATIONS.join(', ')}`)
      .argParser(oneOf(OPTIMIZATIONS))
      .default(optimization, optimization),
  ];
}

/** What pictures and classes mean to a model that does not say it itself. */
export interface MeaningFlags {
  readonly labels?: string;
  readonly preprocess?: string;
}

/** `--labels` and `--preprocess`, for the commands that show a network pictures. */
export function meaningOptions(): Option[] {
  return [
    new Option('--labels <file>', 'names of the classes, one a line').argParser(notEmpty),
    new Option('--preprocess <name|file.json>', "how pictures become the network's input: a preset or a description").argParser(notEmpty),
  ];
}

/** `--layer`, for the commands that explain. */
export function layerOption(): Option {
  return new Option('-l, --layer <layer>', 'layer to explain: a name, auto or last-conv; repeatable, the maps are fused')
    .argParser(repeatable)
    .default([], 'auto');
}

/** What is explained, and how, for the commands that explain. */
export interface QuestionFlags {
  readonly target?: string;
  readonly against?: string;
  readonly counterfactual?: true;
  readonly mask?: string;
  readonly box?: string;
  readonly reference?: string;
  readonly scoreOutput?: string;
}

/** Each says what the score is: only one of them can be given. */
const SCORES = ['against', 'target', 'mask', 'box', 'reference'];
const others = (own: string) => SCORES.filter((name) => name !== own);

/** Options that say what is explained of a class. */
export function questionOptions(): Option[] {
  return [
    new Option('--against <class>', 'why the class rather than this one: index or label').argParser(notEmpty).conflicts(others('against')),
    new Option('--target <name>', `score that is explained: ${TARGETS.join(', ')} (default: what suits the model)`)
      .argParser(oneOf(TARGETS))
      .conflicts(others('target')),
    new Option('--mask <file>', 'of a segmentation: the pixels that count, as a picture (what is not black) or .npy')
      .argParser(notEmpty)
      .conflicts(others('mask')),
    new Option('--box <index|label|best>', 'of a detector: the box that is explained').argParser(notEmpty).conflicts(others('box')),
    new Option('--reference <file.npy>', 'similarity of the features to these: [features] or [references, features]')
      .argParser(notEmpty)
      .conflicts(others('reference')),
    new Option('--score-output <name>', 'output of the model that is explained (default: the first that can be)').argParser(notEmpty),
    new Option('--counterfactual', 'show what speaks against the class'),
  ];
}

/** What methods that run the network many times can be told. */
export interface SettingFlags {
  readonly batch?: number;
  readonly seed?: number;
  readonly samples?: number;
  readonly noise?: number;
  readonly steps?: number;
  readonly window?: number;
  readonly stride?: number;
}

/** More than any of these settings is ever useful for. */
const MAX_SETTING = 1_000_000;

/** Options of methods that run the network many times; what is left out has each method's own default. */
export function settingOptions(): Option[] {
  const count = (flags: string, what: string) => new Option(flags, what).argParser(wholeNumber(1, MAX_SETTING));
  return [
    count('--batch <n>', 'pictures in one run; the result does not depend on it'),
    new Option('--seed <n>', 'of everything random (default: 0)').argParser(wholeNumber(0, 2 ** 32 - 1)),
    count('--samples <n>', 'noisy copies or random masks'),
    new Option('--noise <share>', "standard deviation of noise, as a share of the input's range, 0 to 1").argParser(share),
    count('--steps <n>', 'steps of an integral'),
    count('--window <pixels>', 'side of an occluding window'),
    count('--stride <pixels>', 'distance from one occluding window to the next'),
  ];
}

/** The settings among the flags of a command. */
export function settingsOf({ batch, seed, samples, noise, steps, window, stride }: SettingFlags): RunSettings {
  return {
    ...(batch !== undefined && { batch }),
    ...(seed !== undefined && { seed }),
    ...(samples !== undefined && { samples }),
    ...(noise !== undefined && { noise }),
    ...(steps !== undefined && { steps }),
    ...(window !== undefined && { window }),
    ...(stride !== undefined && { stride }),
  };
}

/** An option that may be given several times. */
export function repeatable(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, notEmpty(value)];
}

export function notEmpty(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('it is empty');
  return value;
}

/** A parser that takes one of a few words, and suggests the nearest for another. */
export function oneOf<T extends string>(words: readonly T[]): (value: string) => T {
  return (value) => {
    const word = words.find((candidate) => candidate === value.toLowerCase());
    if (word !== undefined) return word;
    const [near] = nearest(value, words, 1);
    throw new InvalidArgumentError(`${near === undefined ? '' : `did you mean '${near}'? `}there are: ${words.join(', ')}`);
  };
}

/** A parser for a whole number in a range. */
export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}`);
  };
}

/** A parser for a number in [0, 1]. */
export function share(value: string): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError('expected a number from 0 to 1');
}

/** A parser for a method by any of its spellings. @returns its one name */
export function oneMethod(value: string): string {
  const wanted = value.toLowerCase();
  const found = methods.find(({ name, aliases }) => name === wanted || aliases.includes(wanted));
  return found?.name ?? oneOf(METHODS)(value);
}
