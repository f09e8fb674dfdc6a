import { type ExplainerOptions, GradcamError, methods, openExplainer, type Runtime, type Tensor } from '@gradcam/core';
import { type ModelFile, readModelFile } from '@gradcam/node';
import { interleaving } from './interleave.js';
import { median, sideBySide } from './measure.js';
import { benchModels } from './models.js';

/** The network of which everybody publishes numbers. */
const NETWORK = 'resnet18';
const SIDE = 224;
const THREADS = 2;
/** Batches that plain inference is tried with; the best is what many runs are compared with. */
const BATCHES = [1, 2, 4, 8, 16, 32] as const;

/** Ablation-CAM may take so many milliseconds beyond a plain run; Score-CAM and the methods of one pass so many times plain inference. */
const ABLATION_MS = 30;
const SCORE_RATIO = 1.05;
const ONE_PASS_RATIO = 1.1;
const ONE_PASS = ['gradcam', 'hirescam', 'elementwise', 'gradcamplusplus', 'xgradcam', 'layercam', 'finercam'];

/** What takes longer is measured once. */
const LONG_MS = 2000;

/** Prints what each method costs for one picture. @returns how many budgets are exceeded */
export async function printMethods(runtime: Runtime, only: RegExp, rounds: number): Promise<number> {
  let over = 0;
  for await (const { name, path } of benchModels(only))
    if (name === NETWORK) over += await printNetwork(runtime, await readModelFile(path), rounds);
  return over;
}

async function printNetwork(runtime: Runtime, { bytes }: ModelFile, rounds: number): Promise<number> {
  const session = await runtime.open(bytes, { threads: THREADS });
  const input = session.inputs[0]?.name ?? '';
  const plainOf = (images: number) => {
    const feeds = { [input]: noise(images) };
    return { run: () => session.run(feeds) };
  };
  const plain = plainOf(1);
  const { runtime: interleaved, measure } = interleaving(runtime);
  const explaining = async (names: readonly string[], options: ExplainerOptions = {}) => {
    const explainer = await openExplainer(interleaved, bytes, { ...options, methods: names, session: { threads: THREADS } });
    const tensor = noise(1);
    return { run: () => explainer.explain(tensor, [0]), close: () => explainer.close() };
  };
  let over = 0;
  const mark = (value: number, budget: number) => {
    if (value > budget) over++;
    return value > budget ? '!' : '';
  };

  console.log(`\n${NETWORK}, ${THREADS} threads; ms for each picture, plain, by pictures in a run`);
  const times: number[] = [];
  for (const images of BATCHES) {
    const { run } = plainOf(images);
    const runs = await repeated(run, Math.ceil(64 / images));
    times.push(median(runs) / images);
    console.log(`${String(images).padStart(20)} | ${(times.at(-1) ?? 0).toFixed(2)}`);
  }
  const best = BATCHES[times.indexOf(Math.min(...times))] ?? 1;

  console.log(`\n${'method'.padEnd(20)} | ms for one picture: plain, with it, beyond; budget`);
  const together = await explaining(ONE_PASS);
  const { plain: alone, explain, ratio } = await sideBySide(plain, together, rounds);
  await together.close();
  console.log(
    `${`${ONE_PASS.length} of one pass`.padEnd(20)} | ${cells(alone, explain)} ${ratio.toFixed(2)} of ${ONE_PASS_RATIO}${mark(ratio, ONE_PASS_RATIO)}`,
  );
  for (const [index, { name }] of methods.entries()) {
    tell(`${index + 1} of ${methods.length}: ${name}`);
    try {
      const opened = await explaining([name]);
      try {
        const first = (await repeated(opened.run, 1))[0] ?? 0;
        if (name === 'scorecam') {
          const { many, plain: one } = await measure(opened.run, plainOf(best).run);
          const all = (512 / best) * one;
          const share = many / all;
          const budget = `${share.toFixed(2)} of ${SCORE_RATIO} of 512 in runs of ${best}${mark(share, SCORE_RATIO)}`;
          console.log(`${name.padEnd(20)} | ${cells(all, many)} ${budget}`);
        } else if (first > LONG_MS) {
          const plainTime = median(await repeated(plain.run, BATCHES.length));
          console.log(`${name.padEnd(20)} | ${cells(plainTime, first)}`);
        } else {
          const pair = await sideBySide(plain, opened, first > LONG_MS / rounds ? 5 : rounds);
          const beyond = pair.explain - pair.plain;
          const budget = name === 'ablationcam' ? `of ${ABLATION_MS}${mark(beyond, ABLATION_MS)}` : '';
          console.log(`${name.padEnd(20)} | ${cells(pair.plain, pair.explain)} ${budget}`.trimEnd());
        }
      } finally {
        await opened.close();
      }
    } catch (error) {
      if (!(error instanceof GradcamError)) throw error;
      console.log(`${name.padEnd(20)} | not for this network: ${error.message}`);
    }
  }
  tell('');
  await session.close();
  return over;
}

/** Milliseconds of each of some runs, after one that is not counted where there are several. */
async function repeated(run: () => Promise<unknown>, count: number): Promise<number[]> {
  if (count > 1) await run();
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times;
}

function cells(plain: number, explain: number): string {
  return [plain, explain, explain - plain].map((milliseconds) => milliseconds.toFixed(2).padStart(9)).join(' ');
}

/** A line of progress that the next one replaces. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}

function noise(images: number): Tensor {
  const data = Float32Array.from({ length: images * 3 * SIDE * SIDE }, (_, index) => Math.sin(index * 12.9898) * 1.5);
  return { type: 'float32', dims: [images, 3, SIDE, SIDE], data };
}
