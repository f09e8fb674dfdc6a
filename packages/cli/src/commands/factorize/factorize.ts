import { factorize, inTypeOf, type Placement, preprocess, type RgbImage, type Tensor } from '@gradcam/core';
import { describeError, EXIT, noteOn, UsageError } from '../../errors.js';
import { readSource, requireOneInput, type Source, toSource } from '../../input/source.js';
import type { Io } from '../../io.js';
import { loadPictureClassifier } from '../../model/classifier.js';
import { PathClaims } from '../../output/names.js';
import { findTarget } from '../../output/target.js';
import { imagesBar } from '../../terminal/progress.js';
import type { FactorizeFlags } from './command.js';
import { report } from './report.js';
import { writeConcepts } from './write.js';

/** A picture of the command line, and the network's input that it became. */
export interface Picture {
  readonly source: Source;
  readonly image: RgbImage;
  readonly tensor: Tensor;
  readonly placement: Placement;
}

/** Factorises all images together. @returns exit status */
export async function factorizeImages(images: readonly string[], flags: FactorizeFlags, io: Io): Promise<number> {
  const sources = images.map(toSource);
  requireOneInput(sources);
  const target = findTarget({ option: '--output', path: flags.output ?? './', several: false, picture: true });
  const { saveMaps } = flags;
  if (saveMaps !== undefined) findTarget({ option: '--save-maps', path: saveMaps, several: true, picture: false });

  const { loaded, runtime, session, model, labels, spec } = await loadPictureClassifier(flags, io);
  const { input } = model;
  const pictures: Picture[] = [];
  for (const source of sources) {
    try {
      const content = await readSource(source, io);
      if (content.kind !== 'picture')
        throw new UsageError(`'${source.name}' is a tensor, but concepts are shown on pictures; give the picture that it was made of`);
      const { tensor, placement } = preprocess(content.picture, spec, input.channels);
      pictures.push({ source, image: content.picture, tensor: inTypeOf(tensor, input), placement });
    } catch (error) {
      if (error instanceof UsageError) throw error;
      io.note(noteOn(source.name, describeError(error)));
    }
  }
  if (pictures.length === 0) return EXIT.failed;

  const bar = imagesBar(io, pictures.length);
  const found = await factorize(
    runtime,
    loaded.bytes,
    pictures.map(({ tensor }) => tensor),
    {
      concepts: flags.concepts,
      ...(flags.layer !== undefined && { layer: flags.layer }),
      session,
      signal: io.signal,
      progress: bar.step,
    },
  ).finally(bar.stop);
  const claims = new PathClaims([...sources.map(({ name }) => name), loaded.path]);
  const [height, width] = spec.size;
  const question = { model: loaded.name, labels, pictures, found, input: { width, height }, asked: flags.concepts };
  const written = await writeConcepts(question, target, saveMaps, claims);
  report(question, written, flags, io);
  return pictures.length === sources.length ? EXIT.done : EXIT.failed;
}
