import type { Io } from '../../io.js';
import { labelOf } from '../../model/labels.js';
import { percent } from '../../output/numbers.js';
import type { FactorizeFlags } from './command.js';
import { conceptClasses, type Factorized } from './words.js';
import type { Written } from './write.js';

/** Of the squared activations, the negative share from which on it is worth a word that they count as 0. */
const MUCH_CLIPPED = 0.01;

/** Predictions of a picture in a line of JSON. */
const PREDICTIONS = 5;

/** Prints what was found: a line of JSON, or a few lines for people. */
export function report(question: Factorized, written: Written, flags: FactorizeFlags, io: Io): void {
  const { found, labels, asked } = question;
  if (flags.json) io.out(`${JSON.stringify(jsonLine(question, written, flags.top))}\n`);
  else {
    io.out(
      `${found.concepts.length} concepts of layer ${found.layer}, ${percent(1 - found.error ** 2)} of its squared activations: ${written.figure}\n`,
    );
    for (const [index, { share, classes }] of found.concepts.entries())
      io.out(
        `  concept ${index + 1} (${percent(share)})${classes.length === 0 ? '' : `: ${conceptClasses(labels, classes, flags.top).join(', ')}`}\n`,
      );
    const count = written.maps.flat().length;
    if (count > 0) io.out(`  ${count} maps in ${flags.saveMaps}\n`);
  }
  if (found.concepts.length < asked) io.note(`gradcam: the layer holds no more than ${found.concepts.length} concepts`);
  if (found.clipped > MUCH_CLIPPED)
    io.note(`gradcam: ${percent(found.clipped)} of the layer's squared activations are negative and count as 0`);
  if (found.scoredBy === 'gradient')
    io.note('gradcam: the layer is not all that the scores read: a number is what the concept adds to the score, by its gradient');
}

function jsonLine({ model, found, labels, pictures }: Factorized, { figure, maps }: Written, top: number): object {
  const named = <T extends { readonly index: number }>({ index, ...rest }: T) => ({ index, label: labelOf(labels, index), ...rest });
  return {
    model,
    layer: found.layer,
    concepts: found.concepts.map(({ share, classes }) => ({ share, classes: classes.slice(0, top).map(named) })),
    images: pictures.map(({ source }, which) => ({
      input: source.name,
      predictions: (found.images[which]?.predictions ?? []).slice(0, PREDICTIONS).map(named),
      maps: maps[which] ?? [],
    })),
    scoredBy: found.scoredBy,
    error: found.error,
    clipped: found.clipped,
    files: [figure, ...maps.flat()],
  };
}
