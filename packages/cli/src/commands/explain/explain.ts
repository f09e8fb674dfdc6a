import { type Control, GradcamError, type ImageResult, inTypeOf, preprocess } from '@gradcam/core';
import { asInput } from '@gradcam/jobs';
import { describeError, EXIT, noteOn, UsageError } from '../../errors.js';
import { type Loaded, readSource, requireOneInput, type Source, toSource } from '../../input/source.js';
import type { Io } from '../../io.js';
import { PathClaims } from '../../output/names.js';
import { Outputs } from '../../output/outputs.js';
import { findFile, findTarget } from '../../output/target.js';
import { imagesBar } from '../../terminal/progress.js';
import type { ExplainFlags } from './command.js';
import { type Explained, reportLines } from './report.js';
import { type Setup, setUp } from './setup.js';
import { SheetWriter } from './sheet.js';
import { writeResult } from './write.js';

/** Explains images one after the other with one loaded model. @returns exit status */
export async function explain(images: readonly string[], flags: ExplainFlags, io: Io): Promise<number> {
  const sources = images.map(toSource);
  requireOneInput(sources);
  checkTargets(flags, sources.length);
  const pictures = sources.some(({ name }) => !name.toLowerCase().endsWith('.npy'));
  const setup = await setUp(flags, pictures, io);
  const claims = new PathClaims([...sources.map(({ name }) => name), setup.loaded.path]);
  const sheet = flags.sheet === undefined ? undefined : new SheetWriter(setup, flags, claims.exact(flags.sheet), sources.length);
  const bar = imagesBar(io, sources.length);
  let outputs: Outputs | undefined;
  let status: number = EXIT.done;
  try {
    for (const source of sources) {
      try {
        const loaded = await readSource(source, io);
        const explained = await explainOne(setup, source, loaded, { signal: io.signal, progress: bar.runs });
        // Known only now: a single .npy file may hold a whole batch.
        outputs ??= planOutputs(flags, setup, claims, Math.max(sources.length, explained.length), loaded.kind);
        for (const one of explained) {
          const files = await writeResult(setup, one, loaded, outputs, flags);
          sheet?.add(one, loaded);
          bar.aside(() => reportLines(setup, one, files, flags, io));
        }
      } catch (error) {
        if (isFatal(error)) throw error;
        status = EXIT.failed;
        bar.aside(() => reportError(source, error, flags, io));
      }
      bar.step();
    }
    const written = await sheet?.write();
    if (written !== undefined && !flags.json) bar.aside(() => io.out(`${written}\n`));
  } finally {
    bar.stop();
    await setup.explainer.close();
  }
  return status;
}

/** What can be seen of the targets before the model is loaded. */
function checkTargets({ output, sheet, saveMap, saveHeatmap }: ExplainFlags, images: number): void {
  const several = images > 1;
  findTarget({ option: '--output', path: output ?? './', several, picture: true });
  if (sheet !== undefined) findFile({ option: '--sheet', path: sheet, picture: true }, 'sheet.png');
  if (saveMap !== undefined) findTarget({ option: '--save-map', path: saveMap, several, picture: false });
  if (saveHeatmap !== undefined) findTarget({ option: '--save-heatmap', path: saveHeatmap, several, picture: false });
}

function planOutputs(
  flags: ExplainFlags,
  { explainer, layers, classes }: Setup,
  claims: PathClaims,
  images: number,
  kind: Loaded['kind'],
): Outputs {
  const counts = {
    images,
    classes: Math.max(1, classes.length),
    methods: explainer.explained.methods.length,
    layers: Math.max(1, layers.length),
  };
  const { output, saveMap, saveHeatmap } = flags;
  return new Outputs(
    {
      separate: flags.overlay === true || kind === 'tensor',
      ...(output !== undefined && { output }),
      ...(saveMap !== undefined && { saveMap }),
      ...(saveHeatmap !== undefined && { saveHeatmap }),
    },
    counts,
    claims,
  );
}

/** Runs the network on one source: one result, or one for each image of a batch. */
async function explainOne({ explainer, classes, spec }: Setup, source: Source, loaded: Loaded, control: Control): Promise<Explained[]> {
  const { input } = explainer.model;
  const start = performance.now();
  if (loaded.kind === 'picture') {
    const { tensor, placement } = preprocess(loaded.picture, spec, input.channels);
    const results = await explainer.explain(inTypeOf(tensor, input), classes, control);
    return finished(results, start).map((one) => ({ ...one, source, placement }));
  }
  const tensor = asInput(loaded.tensor, input, source.name);
  const results = finished(await explainer.explain(tensor, classes, control), start);
  if (results.length === 1) return results.map((one) => ({ ...one, source }));
  return results.map((one, row) => ({ ...one, source: { name: `${source.name}[${row}]`, stem: `${source.stem}.${row}` } }));
}

function finished(results: readonly ImageResult[], start: number) {
  const milliseconds = (performance.now() - start) / Math.max(1, results.length);
  return results.map((result) => ({ result, milliseconds }));
}

/** What is wrong with more than the image at hand. */
function isFatal(error: unknown): boolean {
  return error instanceof UsageError || (error instanceof GradcamError && ['not-writable', 'aborted'].includes(error.code));
}

function reportError(source: Source, error: unknown, flags: ExplainFlags, io: Io): void {
  const report = describeError(error);
  if (flags.json) io.out(`${JSON.stringify({ input: source.name, error: report })}\n`);
  io.note(noteOn(source.name, report));
  if (io.debug && error instanceof Error) io.note(error.stack ?? '');
}
