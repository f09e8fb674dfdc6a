import { extname } from 'node:path';
import { findMethod, GradcamError, randomizeParameters, type Sanity, type Watched } from '@gradcam/core';
import { describeError, EXIT, noteOn, UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { table } from '../../output/table.js';
import { findTarget } from '../../output/target.js';
import { writeOutput } from '../../output/write.js';
import { imagesBar } from '../../terminal/progress.js';
import type { EvaluateFlags } from './command.js';
import { csv } from './files.js';
import type { Item } from './items.js';
import { readPicture } from './picture.js';
import { setUp } from './setup.js';
import { estimateText } from './summary.js';

/** All images are held in memory, and explained at each depth. */
const MAX_IMAGES = 1000;

/** Randomises the weights layer by layer and tells what becomes of the maps. @returns exit status: also 1 where a method fails */
export async function checkSanity(items: readonly Item[], flags: EvaluateFlags, io: Io): Promise<number> {
  if (flags.metric.length > 0) throw new UsageError('--sanity and --metric are two questions; ask one at a time');
  if (items.length > MAX_IMAGES)
    throw new UsageError(`--sanity takes at most ${MAX_IMAGES} images, but there are ${items.length}; a dozen tells enough`);
  const target = targetOf(flags.output);
  const setup = await setUp(flags, io);
  const pictures: Watched[] = [];
  for (const item of items) {
    try {
      const { input, class: asked } = await readPicture(item, setup, io);
      pictures.push({ input, ...(asked !== undefined && { class: asked }) });
    } catch (error) {
      if (error instanceof UsageError) throw error;
      io.note(noteOn(item.source.name, describeError(error)));
    }
  }
  if (pictures.length === 0) return EXIT.failed;
  const bar = imagesBar(io, 1);
  const depths = flags.depths === undefined ? {} : { depths: flags.depths };
  const control = { signal: io.signal, progress: bar.runs };
  const sanity = await randomizeParameters(setup.runtime, setup.loaded.bytes, pictures, { ...setup.options, ...depths }, control).finally(
    bar.stop,
  );
  print(sanity, pictures.length, io);
  if (target !== undefined) {
    await writeOutput(
      target,
      new TextEncoder().encode(target.endsWith('.csv') ? sanityCsv(sanity) : `${JSON.stringify(sanity, undefined, 2)}\n`),
      true,
    );
    io.out(`${target}\n`);
  }
  return pictures.length === items.length ? EXIT.done : EXIT.failed;
}

function targetOf(output: string | undefined): string | undefined {
  if (output === undefined) return undefined;
  const extension = extname(output).toLowerCase();
  if (extension !== '.csv' && extension !== '.json')
    throw new GradcamError('not-writable', `expected --output of --sanity as a file ending in .csv or .json, but got '${output}'`);
  const target = findTarget({ option: '--output', path: output, several: false, picture: false });
  return 'file' in target ? target.file : undefined;
}

function print({ depths, methods }: Sanity, images: number, io: Io): void {
  const head = ['RANDOM LAYERS', 'DOWN TO', ...methods.map(({ method }) => method)];
  const rows = depths.map(({ layer, operator, randomized }, depth) => [
    String(randomized),
    `${operator} ${layer}`,
    ...methods.map(({ correlations }) => estimateText(correlations[depth])),
  ]);
  io.out(table(head, rows));
  io.out(`Spearman's rank correlation with the map of the trained network; ${images} ${images === 1 ? 'image' : 'images'}\n`);
  for (const { method, verdict } of methods) io.out(`${findMethod(method).title} ${verdict}\n`);
}

function sanityCsv({ depths, methods }: Sanity): string {
  const rows = methods.flatMap(({ method, correlations }) =>
    correlations.map(({ mean, interval, count }, depth) => {
      const { randomized, layer, operator } = depths[depth] ?? { randomized: 0, layer: '', operator: '' };
      return [method, randomized, layer, operator, mean, ...(interval ?? ['', '']), count];
    }),
  );
  return csv([['method', 'randomized', 'layer', 'operator', 'correlation', 'low', 'high', 'images'], ...rows]);
}
