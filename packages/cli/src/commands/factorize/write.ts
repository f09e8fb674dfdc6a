import { join } from 'node:path';
import { conceptsFigure } from '@gradcam/core';
import { encodeNpy, imageExtension, renderFigure } from '@gradcam/node';
import { shortLabel } from '../../model/labels.js';
import type { PathClaims } from '../../output/names.js';
import { percent } from '../../output/numbers.js';
import type { Target } from '../../output/target.js';
import { writeOutput } from '../../output/write.js';
import { conceptClasses, type Factorized } from './words.js';

/** What was written. */
export interface Written {
  readonly figure: string;
  /** Of each picture the maps of its concepts, where they were asked for. */
  readonly maps: readonly (readonly string[])[];
}

/** Classes of a concept in a legend: the first as its title, the others below. */
const LEGEND_CLASSES = 3;

export async function writeConcepts(
  question: Factorized,
  target: Target,
  saveMaps: string | undefined,
  claims: PathClaims,
): Promise<Written> {
  const { pictures, found } = question;
  const stem = pictures.length === 1 ? (pictures[0]?.source.stem ?? '') : 'images';
  const figure = 'file' in target ? claims.exact(target.file) : claims.free(join(target.folder, stem), '.concepts.png');
  await writeOutput(figure, await renderFigure(drawing(question), imageExtension(figure)), true);
  const maps: string[][] = [];
  for (const [which, { source }] of pictures.entries()) {
    const own: string[] = [];
    for (const [index, { width, height, data }] of (saveMaps === undefined ? [] : (found.images[which]?.maps ?? [])).entries()) {
      const path = claims.free(join(saveMaps ?? '', `${source.stem}.concept-${index + 1}`), '.npy');
      await writeOutput(path, encodeNpy({ type: 'float32', dims: [height, width], data }), true);
      own.push(path);
    }
    maps.push(own);
  }
  return { figure, maps };
}

function drawing({ model, labels, pictures, found, input }: Factorized) {
  const shown = pictures.map(({ image, placement, source }, which) => {
    const { maps = [], predictions = [] } = found.images[which] ?? {};
    const [best] = predictions;
    const title = best === undefined ? source.stem : `${source.stem}: ${shortLabel(labels, best.index)} ${percent(best.probability)}`;
    return { image, placement, input, maps, title };
  });
  const concepts = found.concepts.map(({ classes, share }, index) => {
    const [first, ...others] = conceptClasses(labels, classes, LEGEND_CLASSES);
    if (first === undefined) return { title: `Concept ${index + 1}`, note: `${percent(share)} of the activations` };
    return { title: `Concept ${index + 1}: ${first}`, note: others.join(', ') };
  });
  const footer = [`model ${model.split(/[/\\]/).at(-1) ?? model}`, `layer ${found.layer}`].join('  ·  ');
  return conceptsFigure(shown, concepts, footer);
}
