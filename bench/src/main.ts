import { nodeRuntime, readModelFile } from '@gradcam/node';
import { printFullGradients } from './full-gradient.js';
import { openTimes, type Pair, peakMemory, type Runs, runTimes } from './measure.js';
import { printMethods } from './methods.js';
import { benchModels } from './models.js';

/**
 * What an explanation costs: plain inference and Grad-CAM of the default layer, side by side in one run; then what a gradient costs that goes all the way
 * back to the picture; then what each method costs.
 *
 *   npm run bench [NAME]...      only the models whose names contain one of these
 */
const ROUNDS = 25;

/** Budgets, as ratios to plain: running (networks over 5 ms), opening, peak memory. */
const BUDGET = { run: 1.05, open: 1.5, memory: 1.15 } as const;
const SLOW_MS = 5;

const wanted = process.argv.slice(2);
const only = wanted.length === 0 ? /./ : new RegExp(wanted.map((name) => name.replaceAll(/[^\w]/g, '\\$&')).join('|'));
let over = 0;

function cell(pair: Pair, digits: number, budget: number | undefined): string {
  const { ratio } = pair;
  const exceeded = budget !== undefined && ratio > budget;
  if (exceeded) over++;
  return `${pair.plain.toFixed(digits).padStart(7)} ${pair.explain.toFixed(digits).padStart(7)} ${`${ratio.toFixed(2)}${exceeded ? '!' : ' '}`.padStart(6)}`;
}

/** A pair of runs, and behind them how far the ratio may be off, and the one with the heatmap drawn. */
function runCell(runs: Runs): string {
  return `${cell(runs, 2, runs.plain > SLOW_MS ? BUDGET.run : undefined)} ±${runs.error.toFixed(3)} ${runs.drawn.toFixed(2).padStart(5)}`;
}

const runtime = await nodeRuntime();
console.log(
  `${runtime.name}; medians of ${ROUNDS} or more, sides taking turns; each block: plain, with Grad-CAM, ratio, of runs also its standard error and the ratio with the heatmap drawn; ! = over budget`,
);
console.log(
  `${''.padEnd(20)} | ${'run, 1 thread (ms)'.padEnd(35)} | ${'run, 2 threads (ms)'.padEnd(35)} | ${'open (ms)'.padEnd(22)} | peak memory (MB)`,
);
for await (const { name, path } of benchModels(only)) {
  const file = await readModelFile(path);
  const one = await runTimes(runtime, file, 1);
  const two = await runTimes(runtime, file, 2);
  const open = await openTimes(runtime, file, ROUNDS);
  const memory = peakMemory(path);
  console.log(`${name.padEnd(20)} | ${runCell(one)} | ${runCell(two)} | ${cell(open, 1, BUDGET.open)} | ${cell(memory, 0, BUDGET.memory)}`);
}
over += await printFullGradients(runtime, only);
over += await printMethods(runtime, only, ROUNDS);
console.log(over === 0 ? 'all within budget' : `${over} over budget`);
