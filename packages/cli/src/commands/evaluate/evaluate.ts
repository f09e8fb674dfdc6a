import { GradcamError, metrics, openEvaluator } from '@gradcam/core';
import { describeError, EXIT, noteOn, UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { table } from '../../output/table.js';
import { imagesBar } from '../../terminal/progress.js';
import type { EvaluateFlags } from './command.js';
import { type Found, planFiles, writeFiles } from './files.js';
import { findItems, type Item } from './items.js';
import { greyOf, readPicture } from './picture.js';
import { type Setup, setUp } from './setup.js';
import { type Measured, missingText, summarize, tableOf } from './summary.js';

/** Measures images one after the other with one loaded model. @returns exit status */
export async function evaluate(sources: readonly string[], flags: EvaluateFlags, io: Io): Promise<number> {
  const items = await findItems(sources, flags);
  if (flags.sanity) {
    const { checkSanity } = await import('./sanity.js');
    return checkSanity(items, flags, io);
  }
  if (flags.depths !== undefined) throw new UsageError('--depths belongs to --sanity');
  const plan = planFiles(flags.output);
  const setup = await setUp(flags, io);
  const found = await measure(items, setup, flags, io);
  const { images, cells } = found;
  if (images.length > 0) {
    const { head, rows } = tableOf(cells);
    io.out(table(head, rows));
    io.out(
      `${count(images.length)}; mean${images.length > 1 ? ' [95 % bootstrap interval]' : ''}; ↑ higher is better, ↓ lower is better\n`,
    );
    for (const line of missingText(cells, images.length)) io.note(`gradcam: ${line}`);
    for (const path of await writeFiles(found, plan)) io.out(`${path}\n`);
  }
  return images.length === items.length ? EXIT.done : EXIT.failed;
}

async function measure(items: readonly Item[], setup: Setup, flags: EvaluateFlags, io: Io): Promise<Found> {
  const { batch, seed, curveSteps: steps, threshold, tolerance } = flags;
  const evaluator = await openEvaluator(setup.runtime, setup.loaded.bytes, {
    ...setup.options,
    room: setup.loaded.room,
    metrics: flags.metric.length > 0 ? [...new Set(flags.metric)] : usualMetrics(items),
    measuring: {
      grey: greyOf(setup.spec, setup.input.channels),
      ...(batch !== undefined && { batch }),
      ...(seed !== undefined && { seed }),
      ...(steps !== undefined && { steps }),
      ...(threshold !== undefined && { threshold }),
      ...(tolerance !== undefined && { tolerance }),
    },
  });
  const images: Measured[] = [];
  const errors: { image: string; code: string; message: string }[] = [];
  const bar = imagesBar(io, items.length);
  try {
    for (const item of items) {
      try {
        const { input, ...question } = await readPicture(item, setup, io);
        const evaluation = await evaluator.evaluate(input, question, { signal: io.signal, progress: bar.runs });
        images.push({ item, class: evaluation.class, methods: evaluation.judgements });
      } catch (error) {
        if (error instanceof UsageError || (error instanceof GradcamError && error.code === 'aborted')) throw error;
        const report = describeError(error);
        errors.push({ image: item.source.name, ...report });
        bar.aside(() => io.note(noteOn(item.source.name, report)));
        if (io.debug && error instanceof Error) io.note(error.stack ?? '');
      }
      bar.step();
    }
  } finally {
    bar.stop();
    await evaluator.close();
  }
  return { setup, layers: evaluator.explainer.layers, images, errors, cells: summarize(images, seed ?? 0) };
}

/** What is measured where nothing is asked for: what costs few runs, and metrics of place where a place is known. */
function usualMetrics(items: readonly Item[]): string[] {
  const located = items.some(({ boxes, mask }) => boxes.length > 0 || mask !== undefined);
  const usual = ['average-drop', 'increase', 'deletion', 'insertion', ...(located ? ['pointing-game', 'energy-pointing-game'] : [])];
  return metrics.map(({ name }) => name).filter((name) => usual.includes(name));
}

function count(images: number): string {
  return `${images} ${images === 1 ? 'image' : 'images'}`;
}
