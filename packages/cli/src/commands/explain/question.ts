import { findClass, GradcamError, type Preprocess, type Scores, type TargetDescription } from '@gradcam/core';
import { readNpy } from '@gradcam/node';
import { readMask } from '../../input/mask.js';
import type { Labels } from '../../model/labels.js';
import type { QuestionFlags } from '../../options.js';

/** What is explained of each image. */
export interface Question {
  /** Undefined: what suits the model's output. */
  readonly target: TargetDescription | undefined;
  /** Classes that were asked for; none: the most probable of each image. */
  readonly classes: readonly number[];
  /** Names of what the classes are. */
  readonly labels: Labels;
  /** The class that others are held against. */
  readonly against: number | undefined;
}

/**
 * What the flags ask.
 *
 * @param spec how a mask that is a picture comes to the network's input; without it there are no masks
 * @throws GradcamError for a class, mask or reference that the model cannot be asked about
 */
export async function questionOf(
  flags: QuestionFlags & { readonly class: readonly string[] },
  scores: Scores,
  labels: Labels,
  spec?: Preprocess,
): Promise<Question> {
  const find = (query: string) => findClass(labels.names, query, scores.classes);
  if (flags.reference !== undefined) return ofReferences(flags.reference, flags.class);
  const other = flags.against === undefined ? undefined : find(flags.against);
  const classes = [...new Set(flags.class.map(find))];
  const question = { classes, labels, against: other };
  if (other !== undefined) {
    if (classes.includes(other))
      throw new GradcamError('unknown-class', `class ${other} cannot be held against itself; give another --against`);
    return { ...question, target: { against: other } };
  }
  if (flags.mask !== undefined && spec !== undefined) return { ...question, target: { mask: await readMask(flags.mask, spec) } };
  if (flags.box === undefined || flags.box === 'best') return { ...question, target: flags.box === undefined ? flags.target : 'box' };
  if (/^\d+$/.test(flags.box)) return { ...question, target: { box: Number(flags.box) } };
  return { ...question, classes: [...new Set([...classes, find(flags.box)])], target: 'box' };
}

/** The rows of a file are what classes are elsewhere. */
async function ofReferences(path: string, queries: readonly string[]): Promise<Question> {
  const { dims, data } = await readNpy(path);
  const [count, length] = dims.length === 2 ? dims : [1, dims[0] ?? 0];
  if (dims.length === 0 || dims.length > 2 || data.length === 0)
    throw new GradcamError('invalid-tensor', `expected '${path}' to hold a vector, or one a row, but its shape is [${dims.join(', ')}]`);
  const rows = Array.from({ length: count ?? 0 }, (_, row) =>
    Float64Array.from({ length: length ?? 0 }, (_, index) => Number(data[row * (length ?? 0) + index])),
  );
  const names = rows.map((_, row) => (rows.length === 1 ? 'the reference' : `reference ${row}`));
  return {
    target: { references: rows },
    classes: queries.map((query) => findClass(names, query, names.length)),
    labels: { names, notes: [] },
    against: undefined,
  };
}

/** What a title says of a class: `airplane 99 % rather than truck`. @param named the class with its probability @param short the label of a class */
export function subject(
  { against: other, target }: Question,
  named: string,
  flags: QuestionFlags,
  short: (index: number) => string,
): string {
  if (other !== undefined) return `${named} rather than ${short(other)}`;
  if (flags.mask !== undefined) return `${named} in ${flags.mask.split(/[/\\]/).at(-1)}`;
  if (flags.box !== undefined && /^\d+$/.test(flags.box)) return `box ${flags.box} as ${named}`;
  const name = typeof target === 'string' ? target : undefined;
  return name?.includes('probability') ? `${name} of ${named}` : named;
}

/** How a sentence begins that says for or against what a map speaks. */
export function direction({ counterfactual }: QuestionFlags): 'for' | 'against' {
  return counterfactual ? 'against' : 'for';
}
