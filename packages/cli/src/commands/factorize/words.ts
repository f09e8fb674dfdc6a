import type { ConceptClass, Factorization } from '@gradcam/core';
import { type Labels, shortLabel } from '../../model/labels.js';
import { percent } from '../../output/numbers.js';
import type { Picture } from './factorize.js';

/** A factorisation and what it is of. */
export interface Factorized {
  /** Name of the model. */
  readonly model: string;
  readonly labels: Labels;
  readonly pictures: readonly Picture[];
  readonly found: Factorization;
  /** Size of the network's input. */
  readonly input: { readonly width: number; readonly height: number };
  /** How many concepts were asked for. */
  readonly asked: number;
}

/** The classes that a concept speaks for most: `truck 98.3 %`, or `truck +3.21` where only what it adds is known. */
export function conceptClasses(labels: Labels, classes: readonly ConceptClass[], top: number): string[] {
  return classes.slice(0, top).map(({ index, score, probability }) => {
    const number = probability === undefined ? `${score < 0 ? '−' : '+'}${Math.abs(score).toFixed(2)}` : percent(probability);
    return `${shortLabel(labels, index)} ${number}`;
  });
}
