import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { preset } from '@gradcam/core';
import { readImage } from '@gradcam/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { program, type Shown } from '../apps/studio/src/downloads/program.js';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradcam-program-'));
  await copyFile(join(root, 'packages/cli/model/everyday-int8.onnx'), join(folder, 'everyday-int8.onnx'));
  await copyFile(join(root, 'models/everyday/examples/airplane-and-truck.svg'), join(folder, 'picture.svg'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const shown: Shown = {
  model: 'everyday-int8.onnx',
  picture: 'picture.svg',
  preprocess: { ...preset('unit', [32, 32]), mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  input: { type: 'float32', channels: 3 },
  classes: [9, 0],
  against: undefined,
  layer: 'auto',
  method: 'gradcam',
  alpha: 0.55,
  colormap: 'inferno',
};

/** Runs a program as one that stands beside its model, with the built packages. */
async function run(text: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', `process.chdir(${JSON.stringify(folder)});\n${text}`],
    { cwd: root },
  );
  return stdout;
}

it('the program that the studio copies runs, and makes the overlays of its classes', async () => {
  const lines = (await run(program('node', shown))).trim().split('\n');
  // What the README of the model says of this picture: truck 0.73, airplane 0.25.
  expect(lines.map((line) => line.split(' ').map(Number))).toEqual([
    [9, expect.closeTo(0.725, 2)],
    [0, expect.closeTo(0.25, 2)],
  ]);
  const [truck, airplane] = await Promise.all([9, 0].map((index) => readImage(join(folder, `class-${index}.png`))));
  const source = await readImage(join(folder, 'picture.svg'));
  expect([truck?.width, truck?.height]).toEqual([source.width, source.height]);
  expect(truck?.data).not.toEqual(airplane?.data);
});

it('so does that of one class against another', async () => {
  expect((await run(program('node', { ...shown, classes: [9], against: 0 }))).split(' ').map(Number)).toEqual([
    9,
    expect.closeTo(0.725, 2),
  ]);
  expect((await readFile(join(folder, 'class-9.png'))).length).toBeGreaterThan(1000);
});
