import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '@gradcam/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ledgerLines, resultsOf, startBatch, writePictures } from './support/batch.js';

/** What a run on many pictures must bear: each of these ends with the very table and files of an undisturbed run. */
const PICTURES = 80;
const KILLS = 20;

let folder: string;
let photos: string;
let names: string[];
let undisturbed: Awaited<ReturnType<typeof resultsOf>>;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gradcam-batch-'));
  photos = at('photos');
  names = await writePictures(photos, PICTURES);
  const { status, err } = await startBatch(photos, at('undisturbed'), '--top', '2').ended;
  expect({ status, err }).toMatchObject({ status: 0 });
  undisturbed = await resultsOf(at('undisturbed'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command until it is through. */
async function finish(output: string): Promise<void> {
  const { status, err } = await startBatch(photos, output, '--top', '2').ended;
  expect({ status, err }).toMatchObject({ status: 0 });
  expect(await resultsOf(output)).toEqual(undisturbed);
}

it('an undisturbed run has a row for each picture and class, in the order of the names, the same in both tables', () => {
  const { rows, parquet, files } = undisturbed;
  expect(rows.map(({ image }) => image)).toEqual([...names].sort().flatMap((name) => [join(photos, name), join(photos, name)]));
  expect(parquet).toEqual(rows);
  expect(rows.every(({ error, timed }) => error === null && timed)).toBe(true);
  expect(Object.keys(files).filter((name) => name.startsWith('images')).length).toBe(2 * PICTURES);
  expect(Object.keys(files).filter((name) => name.startsWith('maps'))).toEqual(['maps/8x8-000.npy']);
  expect(Object.keys(files).some((name) => name.includes('unfinished'))).toBe(false);
});

it(`SIGKILL at ${KILLS} random moments`, async () => {
  const output = at('killed');
  const random = randomFrom(1);
  const counts: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const before = ledgerLines(output);
    const run = startBatch(photos, output, '--top', '2');
    // Some pictures later than where the last one came to, and a little: while files are written, or the ledger is.
    const wanted = Math.min(PICTURES, before + Math.floor(random.uniform() * 6));
    let over = false;
    void run.ended.then(() => {
      over = true;
    });
    while (!over && ledgerLines(output) < wanted) await sleep(2);
    await sleep(20 * random.uniform());
    run.process.kill('SIGKILL');
    await run.ended;
    counts.push(ledgerLines(output));
  }
  console.log(`pictures done after each kill: ${counts.join(' ')}`);
  // What was done is never lost.
  expect(counts).toEqual([...counts].sort((one, other) => one - other));
  await finish(output);
});

it('a ledger that ends in half a line, and files that nobody finished', async () => {
  const output = at('half');
  await finish(output);
  const ledger = join(output, '.gradcam', 'ledger.jsonl');
  const text = readFileSync(ledger, 'utf8');
  writeFileSync(ledger, text.slice(0, Math.floor(0.7 * text.length)));
  writeFileSync(join(output, '.gradcam', 'unfinished', 'half'), 'half');
  rmSync(join(output, 'results.jsonl'));
  // Somebody tidied up: it is made again.
  const [lost = ''] = Object.keys(undisturbed.files).filter((name) => name.startsWith('images'));
  rmSync(join(output, lost));
  await finish(output);
});

it('SIGINT: stops by itself, says how to go on, and does', async () => {
  const output = at('stopped');
  const run = startBatch(photos, output, '--top', '2');
  while (ledgerLines(output) < 5) await sleep(2);
  run.process.kill('SIGINT');
  const { status, err } = await run.ended;
  expect(status).toBe(130);
  expect(err.trimEnd().split('\n').at(-1)).toMatch(/^gradcam: stopped: \d+ images done; the same command goes on from here$/);
  expect(ledgerLines(output)).toBeLessThan(PICTURES);
  await finish(output);
});

it('two at once: the second is told; the first, whose list comes slowly, ends as if alone', async () => {
  const output = at('two');
  const first = startBatch('-', output, '--top', '2');
  const [one = '', ...others] = [...names].sort().map((name) => join(photos, name));
  first.process.stdin?.write(`${one}\n`);
  while (ledgerLines(output) < 1) await sleep(2);
  const second = await startBatch(photos, output, '--top', '2').ended;
  expect(second.status).toBe(1);
  expect(second.err).toMatch(/another run writes to/);
  first.process.stdin?.end(others.join('\n'));
  expect((await first.ended).status).toBe(0);
  // A list from elsewhere has no folder of its own: files are named after the pictures alone.
  const found = ({ overlay, ...row }: Readonly<Record<string, unknown>>) => row;
  expect((await resultsOf(output)).rows.map(found)).toEqual(undisturbed.rows.map(found));
});

it('another question is refused in words', async () => {
  const { status, err } = await startBatch(photos, at('undisturbed'), '--top', '3').ended;
  expect(status).toBe(1);
  expect(err.trimEnd().split('\n').at(-1)).toMatch(/holds the results of another question: its top is 2, not 3; give another folder/);
  expect(await resultsOf(at('undisturbed'))).toEqual(undisturbed);
});

it('5 % of the pictures are damaged: rows with an error, and nothing else differs', async () => {
  const damaged = at('damaged');
  await writePictures(damaged, PICTURES);
  const bad = new Map<string, (bytes: Buffer) => Uint8Array>([
    ['003.jpg', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['below/020.jpg', () => new Uint8Array(0)],
    ['041.jpg', () => Buffer.from('no picture')],
    ['below/072.jpg', (bytes) => bytes.subarray(0, 30)],
  ]);
  expect(bad.size).toBe(PICTURES / 20);
  for (const [name, harm] of bad) writeFileSync(join(damaged, name), harm(readFileSync(join(damaged, name))));
  const { status, out } = await startBatch(damaged, at('of-damaged'), '--top', '2').ended;
  expect(status).toBe(0);
  expect(out).toContain('4 could not be explained');
  const { rows } = await resultsOf(at('of-damaged'));
  const sane = ({ image }: Readonly<Record<string, unknown>>) => ![...bad.keys()].some((name) => String(image).endsWith(name));
  expect(rows.filter((row) => !sane(row)).map(({ error }) => error)).toEqual([
    expect.stringMatching(/damaged or cut short/),
    expect.stringMatching(/is none of these/),
    expect.stringMatching(/is empty/),
    expect.stringMatching(/damaged or cut short|is none of these/),
  ]);
  // Names of files tell apart where pictures lie, and shards number the maps that there are.
  const found = ({ image, overlay, map, ...row }: Readonly<Record<string, unknown>>) => row;
  expect(rows.filter(sane).map(found)).toEqual(undisturbed.rows.filter(sane).map(found));
});

it('a full disk: stops with one line, and goes on once there is room', async (context) => {
  const disk = at('disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    context.skip('a disk that fills up needs the right to mount one');
  }
  try {
    const output = join(disk, 'results');
    const { status, out, err } = await startBatch(photos, output, '--top', '2').ended;
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err.trimEnd().split('\n').at(-1)).toMatch(
      /^gradcam: '.*' cannot be written: no space is left there; make room and give the same command again: it goes on from here$/,
    );
    expect(ledgerLines(output)).toBeLessThan(PICTURES);
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    await finish(output);
  } finally {
    execFileSync('umount', [disk]);
  }
});
