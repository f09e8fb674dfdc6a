import type { Runtime } from '@gradcam/core';
import { type ModelFile, readModelFile } from '@gradcam/node';
import { runTimes } from './measure.js';
import { benchModels } from './models.js';
import { resnet50 } from './resnet50.js';

/** Largest ratio to plain inference. One convolution back for each one forth is 2.0; activations, pools and changes of layout come on top. */
const BUDGETS: ReadonlyMap<string, number> = new Map([
  ['resnet18', 2.6],
  ['resnet50', 2.6],
  ['mobilenet_v2', 2.8],
  ['efficientnet_b0', 2.8],
]);

/** Prints what the gradient of a class with respect to the picture costs, on one thread. @returns how many networks are over budget */
export async function printFullGradients(runtime: Runtime, only: RegExp): Promise<number> {
  console.log(`\n${''.padEnd(20)} | gradient of a class with respect to the picture, 1 thread (ms): plain, with it, ratio, budget`);
  let over = 0;
  for await (const { name, file } of networks(only)) {
    const budget = BUDGETS.get(name) ?? Number.POSITIVE_INFINITY;
    const { plain, explain, ratio } = await runTimes(runtime, file, 1, 'gradient');
    if (ratio > budget) over++;
    const numbers = [plain, explain].map((milliseconds) => milliseconds.toFixed(2).padStart(7)).join(' ');
    console.log(`${name.padEnd(20)} | ${numbers} ${ratio.toFixed(2).padStart(5)}${ratio > budget ? '!' : ' '} ${budget.toFixed(1)}`);
  }
  return over;
}

async function* networks(only: RegExp): AsyncGenerator<{ readonly name: string; readonly file: ModelFile }> {
  for await (const { name, path } of benchModels(only)) if (BUDGETS.has(name)) yield { name, file: await readModelFile(path) };
  if (only.test('resnet50')) {
    const bytes = resnet50();
    yield { name: 'resnet50', file: { bytes, room: bytes } };
  }
}
