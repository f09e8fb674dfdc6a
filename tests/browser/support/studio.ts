import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { type Served, serveFolder } from '../../../packages/cli/src/commands/studio/server.js';
import { complaints, hasChromium, launch } from './chromium.js';

/** How long the first heatmap may take on a slow machine. */
const FIRST_MS = 60_000;

/** The studio as `gradcam studio` serves it, and a browser to see it in. */
export interface Studio {
  readonly url: string;
  readonly browser: Browser;
  /** A page of its own, without anything from an earlier visit. Whatever it complains of fails the test: see {@link Visit.heard}. */
  visit(options?: VisitOptions): Promise<Visit>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** What the address has behind the `#`. */
  readonly view?: string;
  /** Another address than the studio's. */
  readonly url?: string;
  /** Whether to wait for the first heatmap; default true. */
  readonly wait?: boolean;
  /** Called before the page is loaded. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

export interface Visit {
  readonly page: Page;
  /** What the page said on its console, threw, or could not load. */
  readonly heard: string[];
  /** Addresses that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Tests of the studio in Chromium; skipped where there is none. */
export function describeStudio(name: string, tests: (studio: Studio) => void, flags: readonly string[] = []): void {
  describe.skipIf(!hasChromium)(name, () => {
    let served: Served | undefined;
    let browser: Browser | undefined;
    beforeAll(async () => {
      [served, browser] = await Promise.all([serveFolder({ folder: inject('studio'), host: '127.0.0.1', port: 0 }), launch(flags)]);
    });
    afterAll(async () => {
      await browser?.close();
      await served?.close();
    });
    tests({
      get url() {
        return running(served).url;
      },
      get browser() {
        return running(browser);
      },
      visit: (options) => visit(running(browser), running(served).url, options),
    });
  });
}

function running<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the studio is not running yet');
  return value;
}

async function visit(
  browser: Browser,
  base: string,
  { view, url = base, wait = true, prepare, ...options }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  const heard = complaints(page);
  await prepare?.(page);
  await page.goto(view === undefined ? url : `${url}#${view}`);
  if (wait) await firstHeatmap(page);
  return { page, heard, asked, close: () => context.close() };
}

/** The heatmap, which can be read by keys, and says in its name where the evidence lies. */
export const heatmap = (page: Page) => page.getByRole('button', { name: /^Heatmap of what speaks for/ });

/** Waits until the heatmap of what the page now shows is there. */
export async function firstHeatmap(page: Page): Promise<void> {
  await heatmap(page).first().waitFor({ timeout: FIRST_MS });
}

/** Waits until the heatmap is that of a class. */
export async function explained(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Heatmap of what speaks for ${label}:`) }).waitFor({ timeout: FIRST_MS });
}

/** The prediction: classes and their shares, as shown. */
export async function bars(page: Page): Promise<{ readonly name: string; readonly share: string }[]> {
  const texts = await page
    .getByRole('list', { name: /^Classes/ })
    .getByRole('button')
    .allInnerTexts();
  return texts.map((text) => {
    const [name = '', share = ''] = text.split('\n').filter((line) => line.trim() !== '');
    return { name, share };
  });
}

/** The built page with some words of its files replaced, as other hosts or models would have it. Remove the folder when done. */
export async function alteredStudio(words: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gradcam-altered-'));
  await cp(inject('studio'), folder, { recursive: true });
  const unused = new Set(Object.keys(words));
  for (const name of await readdir(folder, { recursive: true })) {
    if (!['.html', '.js', ''].includes(extname(name)) || name === 'assets') continue;
    const path = join(folder, name);
    let text = await readFile(path, 'utf8');
    for (const [from, to] of Object.entries(words)) {
      if (text.includes(from)) unused.delete(from);
      text = text.replaceAll(from, to);
    }
    await writeFile(path, text);
  }
  expect([...unused], 'words that no file has').toEqual([]);
  return folder;
}

export function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
