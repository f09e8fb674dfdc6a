import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { median } from './measure.js';
import { benchModels } from './models.js';
import { openSides } from './web-sides.js';

/**
 * What the page costs, in Chromium: the JavaScript that is fetched before the first heatmap, the time to it, and an
 * explanation beside plain inference.
 *
 *   npm run bench:web
 */
const ROUNDS = 20;
const VISITS = 5;

const BUDGET = { kilobytes: 150, ratio: 1.1 } as const;

/** ONNX Runtime's own files, which are counted by themselves. */
const RUNTIME = /\/ort[.-][^/]*$/;

const HEATMAP = 'button[aria-label^="Heatmap of what speaks for"]';

const executablePath = [process.env['CHROMIUM'], '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));
if (executablePath === undefined) {
  console.error('bench:web needs Chromium: install it, or name it by CHROMIUM=PATH in the environment');
  process.exit(1);
}

let over = 0;

function line(what: string, value: string, exceeded = false): void {
  if (exceeded) over++;
  console.log(`${what.padEnd(52)} ${value}${exceeded ? ' !' : ''}`);
}

/** Milliseconds from navigation to the first heatmap. */
async function toHeatmap(page: Page, url: string): Promise<number> {
  await page.addInitScript((selector) => {
    const seen = new MutationObserver(() => {
      if (document.querySelector(selector) === null) return;
      seen.disconnect();
      // Once it is painted.
      requestAnimationFrame(() => setTimeout(() => performance.mark('heatmap')));
    });
    seen.observe(document, { subtree: true, childList: true, attributes: true });
  }, HEATMAP);
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName('heatmap').length > 0);
  return page.evaluate(() => performance.getEntriesByName('heatmap')[0]?.startTime ?? Number.NaN);
}

async function visits(browser: Browser, url: string): Promise<{ cold: number; warm: number }> {
  const times = { cold: [] as number[], warm: [] as number[] };
  for (let visit = 0; visit < VISITS; visit++) {
    const context = await browser.newContext();
    const first = await context.newPage();
    times.cold.push(await toHeatmap(first, url));
    await first.evaluate(() => navigator.serviceWorker.ready);
    await first.close();
    times.warm.push(await toHeatmap(await context.newPage(), url));
    await context.close();
  }
  return { cold: median(times.cold), warm: median(times.warm) };
}

/** Bytes, compressed, of the scripts that are fetched before the first heatmap. */
async function scripts(browser: Browser, url: string): Promise<{ own: number; runtime: number }> {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const bodies = new Map<string, Promise<Buffer>>();
  const page = await context.newPage();
  context.on('response', (response) => {
    if (/\.(m?js|wasm)$/.test(new URL(response.url()).pathname)) bodies.set(response.url(), response.body());
  });
  await toHeatmap(page, url);
  const sizes = { own: 0, runtime: 0 };
  for (const [address, body] of bodies) sizes[RUNTIME.test(address) ? 'runtime' : 'own'] += gzipSync(await body, { level: 9 }).length;
  await context.close();
  return sizes;
}

const command = fileURLToPath(new URL('../../packages/cli/bin/gradcam.js', import.meta.url));
const served = spawn(process.execPath, [command, 'studio', '--no-open'], { stdio: ['ignore', 'pipe', 'inherit'] });
// Containers give no sandbox to the root user.
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  const [url] = (await once(createInterface(served.stdout), 'line')) as [string];
  console.log(`Chromium ${browser.version()}; ! = over budget`);
  const { own, runtime } = await scripts(browser, url);
  line('initial JavaScript, gzip', `${(own / 1024).toFixed(1)} KB (budget ${BUDGET.kilobytes})`, own > BUDGET.kilobytes * 1024);
  line("ONNX Runtime's files, gzip", `${(runtime / 1024 / 1024).toFixed(2)} MB`);
  const { cold, warm } = await visits(browser, url);
  line(`navigation to first heatmap, median of ${VISITS}, cold cache`, `${cold.toFixed(0)} ms`);
  line(`navigation to first heatmap, median of ${VISITS}, warm cache`, `${warm.toFixed(0)} ms`);

  for await (const { name, path } of benchModels(/^(everyday|squeezenet1_1)$/)) {
    const sides = await openSides(browser, path);
    try {
      const { plain, explain } = await sides.times(1, ROUNDS);
      const ratio = explain / plain;
      const words = `${plain.toFixed(2)} -> ${explain.toFixed(2)} ms, ${ratio.toFixed(2)}`;
      line(`${name}: plain -> with Grad-CAM, 1 thread`, words, name === 'squeezenet1_1' && ratio > BUDGET.ratio);
    } finally {
      await sides.close();
    }
  }
} finally {
  await browser.close();
  served.kill();
}
console.log(over === 0 ? 'all within budget' : `${over} over budget`);
