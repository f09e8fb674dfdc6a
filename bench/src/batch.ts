import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runsAlone } from './alone.js';
import { median } from './measure.js';
import { HEIGHT, photo, WIDTH } from './photo.js';
import { photoModel } from './photo-model.js';

// `npm run bench:batch [-- IMAGES [WORKERS...]]`: images a second of `gradcam batch` with overlays, against the network alone on as many threads.

const [images = 2000, ...asked] = process.argv.slice(2).map(Number);
const CORES = availableParallelism();
/** One network and the rest of the machine for pictures; a network on each core, which pictures then must share. */
const workers = asked.length > 0 ? asked : [...new Set([1, CORES])];

/** Different pictures; others are links to them: another name costs what another picture does. */
const DIFFERENT = Math.min(images, 200);

/** That the network runs alone. */
const CEILING_SECONDS = 5;

/** Of the ceiling, where cores are left for the pictures. */
const BUDGET = 0.9;

const root = fileURLToPath(new URL('../../', import.meta.url));
const command = join(root, 'packages/cli/bin/gradcam.js');

const folder = mkdtempSync(join(tmpdir(), 'gradcam-bench-'));
try {
  const { name, path, argv } = photoModel(folder);
  const options = ['--model', path, ...argv];
  const small = await generate('small', Math.round(images / 4));
  const usual = await generate('usual', images);
  const large = await generate('large', Math.round(2.5 * images));
  console.log(`${name}, ${WIDTH} × ${HEIGHT} JPEGs, overlays as JPEG, ${CORES} cores`);
  console.log('networks  ceiling  batch  share');
  for (const count of workers) {
    const before = await runsAlone(path, count, CEILING_SECONDS);
    const { rate } = await batch(usual, count, options);
    // The machine may have been slower in between: its mean speed counts.
    const limit = (before + (await runsAlone(path, count, CEILING_SECONDS))) / 2;
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
    const { quarters, highest } = await batch(source, CORES, options);
    const medians = quarters.map((megabytes) => megabytes.toFixed(0).padStart(6)).join('');
    console.log(`${`${count} images`.padEnd(15)}${medians}${highest.toFixed(0).padStart(22)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function generate(name: string, count: number): Promise<string> {
  const place = join(folder, name);
  const drawn = join(folder, 'drawn');
  mkdirSync(place);
  mkdirSync(drawn, { recursive: true });
  for (let number = 0; number < count; number++) {
    const original = join(drawn, `${number % DIFFERENT}.jpg`);
    if (!existsSync(original)) writeFileSync(original, await photo(number % DIFFERENT));
    linkSync(original, join(place, `${String(number).padStart(6, '0')}.jpg`));
  }
  return place;
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
