import { findMethod, type ImageResult, type Prediction } from '@gradcam/core';
import { shortLabel } from '../../model/labels.js';
import { percent } from '../../output/numbers.js';
import type { FigureWords, Scene } from '../../output/picture.js';
import type { ExplainFlags } from './command.js';
import { subject } from './question.js';
import type { Setup } from './setup.js';

/** What a figure says: predictions and classes with their probability above, model and layer below. */
export function figureWords(setup: Setup, { predictions, explanations }: ImageResult, scene: Scene, flags: ExplainFlags): FigureWords {
  const { loaded, layers } = setup;
  const [best] = predictions;
  const speaks = flags.counterfactual ? 'speaks against' : 'speaks for';
  const model = loaded.name.split(/[/\\]/).at(-1) ?? loaded.name;
  return {
    photo: best === undefined ? '' : `Prediction: ${named(setup, best)}`,
    overlays: explanations.map(({ method, class: explained, evidence }) => {
      const { title } = findMethod(method);
      const what = subject(setup.question, named(setup, explained), flags, (index) => shortLabel(setup.labels, index));
      if (!evidence) return `${title}: nothing ${speaks} ${what}`;
      return flags.counterfactual ? `${title}: ${speaks} ${what}` : `${title}: ${what}`;
    }),
    footer: [
      `model ${model}`,
      ...(layers.length > 0 ? [`layer ${layers.map(shortened).join(' + ')}`] : []),
      ...(isCropped(scene) ? ['the dark part was cropped away before the network saw it'] : []),
    ].join('  ·  '),
  };
}

/** A class and how probable it is: `truck 12.3 %`; a similarity is no share of anything. */
export function named({ labels, explainer }: Setup, { index, probability }: Prediction): string {
  const similarity = explainer.plan.target.choices !== undefined && explainer.model.scores.kind !== 'boxes';
  return `${shortLabel(labels, index)} ${similarity ? probability.toFixed(3) : percent(probability)}`;
}

/** Converters name values after all that they fused: characters of a name that a footer shows. */
const MAX_LAYER = 48;

/** A long name by its two ends, which tell most. */
function shortened(name: string): string {
  const half = MAX_LAYER / 2;
  return name.length <= MAX_LAYER ? name : `${name.slice(0, half)}…${name.slice(-half)}`;
}

/** Whether the network saw less than the whole picture. */
function isCropped({ picture, placement, seen: { width, height } }: Scene): boolean {
  const { left, top, scaleX, scaleY } = placement;
  // Half a pixel is what rounding to whole pixels may leave at an edge.
  return left > 0.5 || top > 0.5 || left + scaleX * width < picture.width - 0.5 || top + scaleY * height < picture.height - 0.5;
}
