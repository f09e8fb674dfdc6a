import { factorize, inTypeOf, type Placement, preprocess, type RgbImage, readClassifier, type Tensor } from '@gradcam/core';
import { describeError, EXIT, UsageError } from '../../errors.js';
import { isStandardInput, readSource, type Source, toSource } from '../../input/source.js';
import type { Io } from '../../io.js';
import { findLabels } from '../../model/labels.js';
import { loadModel, sessionOptions } from '../../model/load.js';
import { findPreprocessing } from '../../model/preprocessing.js';
import { startRuntime } from '../../model/runtime.js';
import { findModel } from '../../model/source.js';
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
  if (sources.filter(isStandardInput).length > 1) throw new UsageError("'-' was given twice, but standard input can be read once");
  const target = findTarget({ option: '--output', path: flags.output ?? './', several: false, picture: true });
  const { saveMaps } = flags;
  if (saveMaps !== undefined) findTarget({ option: '--save-maps', path: saveMaps, several: true, picture: false });

  const modelSource = await findModel(flags.model, io);
  const loaded = await loadModel(modelSource);
  const runtime = await startRuntime(flags, io);
  const session = sessionOptions(loaded, flags);
  const { graph, input, scores } = await readClassifier(runtime, loaded.bytes, { session });
  const labels = await findLabels(flags.labels, loaded, graph.metadata, scores.classes);
  const { spec, notes } = await findPreprocessing(flags.preprocess, loaded, graph.metadata, input, scores);
  for (const note of [...labels.notes, ...notes]) io.note(`gradcam: ${note}`);

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
      const { message } = describeError(error);
      io.note(`gradcam: ${message.includes(source.name) ? '' : `${source.name}: `}${message}`);
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
  const claims = new PathClaims([...sources.map(({ name }) => name), modelSource.path]);
  const [height, width] = spec.size;
  const question = { model: modelSource.name, labels, pictures, found, input: { width, height }, asked: flags.concepts };
  const written = await writeConcepts(question, target, saveMaps, claims);
  report(question, written, flags, io);
  return pictures.length === sources.length ? EXIT.done : EXIT.failed;
}
