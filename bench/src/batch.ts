import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { encodeImage } from '@gradcam/node';
import { median } from './measure.js';

// `npm run bench:batch [-- IMAGES [WORKERS...]]`: images a second of `gradcam batch` with overlays, against the network alone on as many threads.

const [images = 2000, ...asked] = process.argv.slice(2).map(Number);
const CORES = availableParallelism();
/** One network and the rest of the machine for pictures; a network on each core, which pictures then must share. */
const workers = asked.length > 0 ? asked : [...new Set([1, CORES])];

const [WIDTH, HEIGHT] = [500, 375];

/** Different pictures; others are links to them: another name costs what another picture does. */
const DIFFERENT = Math.min(images, 200);

const CEILING_SECONDS = 5;

/** Of the ceiling, where cores are left for the pictures. */
const BUDGET = 0.9;

const root = fileURLToPath(new URL('../../', import.meta.url));
const shared = join(root, '../shared/models');
const command = join(root, 'packages/cli/bin/gradcam.js');

const folder = mkdtempSync(join(tmpdir(), 'gradcam-bench-'));
try {
  const { name, path, argv } = model();
  const small = await generate('small', Math.round(images / 4));
  const usual = await generate('usual', images);
  const large = await generate('large', Math.round(2.5 * images));
  console.log(`${name}, ${WIDTH} × ${HEIGHT} JPEGs, overlays as JPEG, ${CORES} cores`);
  console.log('networks  ceiling  batch  share');
  for (const count of workers) {
    const before = await ceiling(path, count);
    const { rate } = await batch(usual, count, argv);
    // The machine may have been slower in between: its mean speed counts.
    const limit = (before + (await ceiling(path, count))) / 2;
    const share = rate / limit;
    const verdict =
      count < CORES
        ? share >= BUDGET
          ? 'within the budget'
          : `below the budget of ${BUDGET}`
        : 'pictures share the cores with the networks';
    console.log(
      `${String(count).padStart(8)}${limit.toFixed(1).padStart(9)}${rate.toFixed(1).padStart(7)}${share.toFixed(2).padStart(7)}  ${verdict}`,
    );
  }
  console.log('memory (MB)    median of each quarter of the run    highest');
  for (const [source, count] of [[small, Math.round(images / 4)] as const, [large, Math.round(2.5 * images)] as const]) {
    const { quarters, highest } = await batch(source, CORES, argv);
    const medians = quarters.map((megabytes) => megabytes.toFixed(0).padStart(6)).join('');
    console.log(`${`${count} images`.padEnd(15)}${medians}${highest.toFixed(0).padStart(22)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** MobileNetV2, else the bundled model, which is so small that pictures cost more than the network. */
function model(): { readonly name: string; readonly path: string; readonly argv: readonly string[] } {
  const file = 'mobilenet_v2_1.0_224_int8weights.onnx';
  const path = join(shared, file);
  if (!existsSync(path)) {
    console.log('../shared/models is not there: the bundled model is measured, whose runs cost less than its pictures');
    const bundled = join(root, 'models/everyday/everyday-int8.onnx');
    return { name: 'everyday', path: bundled, argv: ['--model', bundled] };
  }
  const known = (
    JSON.parse(readFileSync(join(shared, 'models.json'), 'utf8')) as { file: string; labels: string; preprocess: object }[]
  ).find((entry) => entry.file === file);
  const description = join(folder, 'preprocess.json');
  writeFileSync(description, JSON.stringify(known?.preprocess));
  return { name: file, path, argv: ['--model', path, '--labels', join(shared, known?.labels ?? ''), '--preprocess', description] };
}

async function generate(name: string, count: number): Promise<string> {
  const place = join(folder, name);
  const drawn = join(folder, 'drawn');
  mkdirSync(place);
  mkdirSync(drawn, { recursive: true });
  for (let number = 0; number < count; number++) {
    const original = join(drawn, `${number % DIFFERENT}.jpg`);
    if (!existsSync(original)) writeFileSync(original, await picture(number % DIFFERENT));
    linkSync(original, join(place, `${String(number).padStart(6, '0')}.jpg`));
  }
  return place;
}

/** Waves of all lengths, with some noise: a file of the size that photographs have. */
function picture(number: number): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, at) => {
    const [x, y, channel] = [Math.floor(at / 3) % WIDTH, Math.floor(at / 3 / WIDTH), at % 3];
    const waves = Math.sin(x / (7 + (number % 13)) + channel) + Math.sin((x + 2 * y) / (31 + number)) + Math.sin(y / (90 + 3 * number));
    return 128 + 36 * waves + 8 * Math.sin(at * 12.9898 + number);
  });
  return encodeImage({ width: WIDTH, height: HEIGHT, data }, '.jpg');
}

/** Runs a second of the network alone, on this many threads. */
async function ceiling(path: string, threads: number): Promise<number> {
  const script = new URL('./batch-ceiling.js', import.meta.url);
  const all = Array.from({ length: threads }, () => new Worker(script, { workerData: { path, seconds: CEILING_SECONDS } }));
  await Promise.all(all.map((worker) => once(worker, 'message')));
  const rates = await Promise.all(
    all.map(async (worker) => {
      worker.postMessage('run');
      const [rate] = (await once(worker, 'message')) as [number];
      return rate;
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}

/** A run in a process of its own: its speed without its start, and its memory. */
async function batch(source: string, count: number, argv: readonly string[]) {
  const output = mkdtempSync(join(folder, 'results-'));
  const child = spawn(
    process.execPath,
    [command, 'batch', source, '--output', output, '--workers', String(count), '--every', '1', ...argv],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let text = '';
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString();
  });
  child.stderr.resume();
  const memory: number[] = [];
  const timer = setInterval(() => memory.push(residentMegabytes(child.pid)), 100);
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  rmSync(output, { recursive: true, force: true });
  if (status !== 0) throw new Error(`gradcam batch ended with ${status}`);
  const known = memory.filter(Number.isFinite);
  const rate = Number(/([\d.]+) a second/.exec(text)?.[1]);
  const quarter = known.length / 4;
  // It grows while threads warm up, and then no more.
  const quarters = [0, 1, 2, 3].map((at) => median(known.slice(Math.floor(at * quarter), Math.floor((at + 1) * quarter))));
  return { rate, quarters, highest: known.reduce((a, b) => Math.max(a, b), 0) };
}

/** Where the system tells. */
function residentMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
