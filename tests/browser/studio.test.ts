import { readFile } from 'node:fs/promises';
import { encodePng, nodeRuntime, parseNpy, readImage, readNpy } from '@gradcam/node';
import type { Download, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { example, Folder } from '../../packages/cli/src/testing/files.js';
import { gradcam } from '../../packages/cli/src/testing/run.js';
import { relativeL2 } from '../support/fixtures.js';
import { dropFile, pasteFile } from './support/files.js';
import { bars, describeStudio, explained, firstHeatmap, heatmap, type Visit } from './support/studio.js';

const MODEL = new URL('../../packages/cli/model/everyday-int8.onnx', import.meta.url).pathname;

/** Relative L2 between two maps of the same network: the two builds of ONNX Runtime round quantised sums differently. */
const TOLERANCE = 2e-2;

/** A drawing as a photograph would come: pixels, the same here and there. */
async function png(name: string): Promise<Uint8Array> {
  return encodePng(await readImage(example(name)));
}

describeStudio('the studio', (studio) => {
  const visits: Visit[] = [];
  afterEach(async () => {
    for (const visit of visits.splice(0)) {
      await visit.close();
      expect(visit.heard).toEqual([]);
    }
  });
  const visit = async (...options: Parameters<typeof studio.visit>): Promise<Page> => {
    const visited = await studio.visit(...options);
    visits.push(visited);
    return visited.page;
  };

  it('shows the bundled model, an example and its heatmap without a click, and nothing jumps', async () => {
    const page = await visit({
      prepare: (fresh) =>
        fresh.addInitScript(() => {
          const total = { shift: 0 };
          Object.assign(globalThis, { total });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) total.shift += (entry as PerformanceEntry & { value: number }).value;
          }).observe({ type: 'layout-shift', buffered: true });
        }),
    });
    expect(await heatmap(page).first().getAttribute('aria-label')).toMatch(
      /^Heatmap of what speaks for truck: lower .*, \d+ % of the evidence\./,
    );
    expect((await bars(page)).map(({ name }) => name).slice(0, 2)).toEqual(['truck', 'airplane']);
    // 0.1 is what the Core Web Vitals call good.
    expect(await page.evaluate(() => (globalThis as unknown as { total: { shift: number } }).total.shift)).toBeLessThan(0.02);
  });

  describe('pictures', () => {
    it.each([
      [
        'picked',
        async (page: Page, bytes: Uint8Array) =>
          page.getByLabel('Choose a picture').setInputFiles({ name: 'my ship.png', mimeType: 'image/png', buffer: Buffer.from(bytes) }),
      ],
      ['dropped', (page: Page, bytes: Uint8Array) => dropFile(page, { name: 'my ship.png', type: 'image/png', bytes })],
      ['pasted', (page: Page, bytes: Uint8Array) => pasteFile(page, { name: 'my ship.png', type: 'image/png', bytes })],
    ] as const)('can be %s', async (_, give) => {
      const page = await visit();
      await give(page, await png('ship.svg'));
      await explained(page, 'ship');
      expect((await bars(page))[0]?.name).toBe('ship');
    });

    it('can be chosen from the examples by keyboard', async () => {
      const page = await visit();
      await page.getByRole('button', { name: 'A ship' }).focus();
      await page.keyboard.press('Enter');
      await explained(page, 'ship');
    });

    it('that are none are refused in words, where they were given', async () => {
      const page = await visit();
      await dropFile(page, { name: 'broken.png', type: 'image/png', bytes: new Uint8Array([1, 2, 3]) });
      const alert = page.getByRole('region', { name: 'Picture', exact: true }).getByRole('alert').first();
      await alert.getByText('‘broken.png’ could not be read as a picture').waitFor();
      await dropFile(page, { name: 'song.mp3', type: 'audio/mpeg', bytes: new Uint8Array([1, 2, 3]) });
      await alert.getByText('‘song.mp3’ cannot be used here').waitFor();
      await alert.getByRole('button', { name: 'Dismiss' }).click();
      await explained(page, 'truck');
    });
  });

  describe('models', () => {
    it('can be opened from a file, which stays here', async () => {
      const page = await visit();
      await page
        .getByLabel('Open an .onnx file')
        .setInputFiles({ name: 'my net.onnx', mimeType: 'application/octet-stream', buffer: await readFile(MODEL) });
      await page.getByText('my net', { exact: false }).first().waitFor();
      await explained(page, 'truck');
      await expect.poll(() => page.url(), { timeout: 10_000 }).toContain('my+net.onnx');
      const visited = visits.at(-1);
      expect(visited?.asked.filter((url) => !url.startsWith(studio.url) && !url.startsWith('blob:'))).toEqual([]);
    });

    it('that are none are refused in words, and the one before stays', async () => {
      const page = await visit();
      await dropFile(page, { name: 'net.onnx', type: '', bytes: new TextEncoder().encode('<html>Sign in</html>') });
      await page.getByRole('region', { name: 'Model' }).getByRole('alert').getByRole('paragraph').first().waitFor();
      await page.getByRole('button', { name: 'A ship' }).click();
      await explained(page, 'ship');
    });
  });

  describe('the prediction', () => {
    it('names classes, and a click shows what speaks for one', async () => {
      const page = await visit();
      const before = await heatmap(page).first().getAttribute('aria-label');
      await page.getByRole('button', { name: /^airplane/ }).click();
      await explained(page, 'airplane');
      expect(await heatmap(page).first().getAttribute('aria-label')).toMatch(/upper/);
      expect(before).not.toMatch(/upper/);
      await expect.poll(() => page.url(), { timeout: 10_000 }).toContain('class=0');
    });

    it('finds any class by its name', async () => {
      const page = await visit();
      await page.getByRole('searchbox', { name: 'Search all classes' }).fill('ho');
      await page.getByRole('button', { name: /^horse/ }).click();
      await explained(page, 'horse');
    });

    it('shows two classes side by side', async () => {
      const page = await visit();
      await page.getByRole('radio', { name: 'Side by side' }).check();
      await expect.poll(() => heatmap(page).count(), { timeout: 60_000 }).toBe(2);
      const names = await heatmap(page).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
      expect(names).toEqual([expect.stringMatching(/truck: lower/), expect.stringMatching(/airplane: upper/)]);
    });

    it('says why one and not another', async () => {
      const page = await visit();
      await page.getByRole('radio', { name: 'Why A, not B' }).check();
      await page.getByText(/^Why truck, not airplane$/).waitFor({ timeout: 60_000 });
      await page.getByRole('button', { name: 'Swap A and B' }).click();
      await page.getByText(/^Why airplane, not truck$/).waitFor({ timeout: 60_000 });
      expect(await heatmap(page).first().getAttribute('aria-label')).toMatch(/upper/);
    });
  });

  describe('layers and methods', () => {
    it('are strips of small maps; a click explains there', async () => {
      const page = await visit();
      const layers = page.getByRole('region', { name: 'Layers, from the first to the last' });
      await layers.scrollIntoViewIfNeeded();
      expect(await layers.getByRole('button').count()).toBeGreaterThan(10);
      await layers.getByRole('button', { name: /stages\.2\/conv1/ }).click();
      await page.getByText(/16 × 16 positions/).waitFor({ timeout: 60_000 });

      const methods = page.getByRole('region', { name: 'Methods' });
      await methods.getByRole('button', { name: 'HiResCAM' }).click();
      await page.getByRole('region', { name: 'Picture and heatmap' }).getByText('HiResCAM').waitFor({ timeout: 60_000 });
      await expect.poll(() => page.url(), { timeout: 10_000 }).toMatch(/layer=.*method=hirescam/);
    });

    it('that take long are asked for, tell how far they are, and can be stopped', async () => {
      const page = await visit();
      const methods = page.getByRole('region', { name: 'Methods' });
      await methods.scrollIntoViewIfNeeded();
      await methods.getByRole('button', { name: 'Work out RISE' }).click();
      const progress = methods.getByRole('progressbar', { name: 'RISE, runs of the network' });
      await progress.waitFor();
      await expect.poll(() => progress.getAttribute('value').then(Number), { timeout: 60_000 }).toBeGreaterThan(0);
      await methods.getByRole('button', { name: 'Stop RISE' }).click();
      await methods.getByRole('button', { name: 'Work out RISE' }).waitFor();
      // The page answers other questions at once.
      await page.getByRole('button', { name: 'A ship' }).click();
      await explained(page, 'ship');
    });

    it('are compared by region and by pixel', async () => {
      const page = await visit();
      const compare = page.getByRole('region', { name: 'Regions and pixels' });
      await compare.scrollIntoViewIfNeeded();
      for (const method of ['Grad-CAM', 'Saliency', 'SmoothGrad'])
        await compare.getByRole('img', { name: new RegExp(`^${method}: most evidence`) }).waitFor({ timeout: 60_000 });
    });
  });

  describe('Inside Grad-CAM', () => {
    it('shows the formula, and its parts for the channels with the largest weights', async () => {
      const page = await visit();
      const inside = page.getByRole('region', { name: 'Inside Grad-CAM' });
      await inside.scrollIntoViewIfNeeded();
      const table = inside.getByRole('table');
      await table.waitFor({ timeout: 60_000 });
      const weights = (await table.getByRole('row').allInnerTexts())
        .map((text) => /[+−]0\.\d+/.exec(text)?.[0].replace('−', '-'))
        .filter((text) => text !== undefined)
        .map((text) => Math.abs(Number(text)));
      expect(weights.length).toBeGreaterThanOrEqual(8);
      expect(weights).toEqual([...weights].sort((one, other) => other - one));
      for (const part of [
        'L, the heatmap',
        'ReLU',
        'the sum over all channels',
        'the weight of channel',
        'the feature map of channel',
        'the gradient of the score',
      ])
        await inside.getByRole('button', { name: new RegExp(part) }).waitFor();
    });

    it('says which channels speak at a position, by pointer and by keys', async () => {
      const page = await visit();
      const inside = page.getByRole('region', { name: 'Inside Grad-CAM' });
      await inside.scrollIntoViewIfNeeded();
      const picture = inside.getByRole('application');
      await picture.waitFor({ timeout: 60_000 });
      await picture.hover({ position: { x: 30, y: 30 } });
      await inside.getByText(/^Row 1, column 1: the sum is/).waitFor();
      // What is pointed at comes before what keys have marked.
      await page.mouse.move(0, 0);
      await picture.focus();
      await page.keyboard.press('ArrowRight');
      await inside.getByText(/^Row \d, column [2-8]: the sum is/).waitFor();
      expect(
        await inside
          .getByRole('listitem')
          .filter({ hasText: /channel \d+/ })
          .count(),
      ).toBeGreaterThan(2);
    });

    it('adds up the first channels alone', async () => {
      const page = await visit();
      const inside = page.getByRole('region', { name: 'Inside Grad-CAM' });
      await inside.scrollIntoViewIfNeeded();
      const slider = inside.getByRole('slider', { name: 'With the first n channels only' });
      await slider.waitFor({ timeout: 60_000 });
      await slider.fill('5');
      expect(await slider.getAttribute('aria-valuetext')).toMatch(/^5 of 128 channels, \d+ % of all contributions$/);
    });
  });

  describe('how it is drawn', () => {
    it('follows opacity, colour map, contour, and what is shown, by keys', async () => {
      const page = await visit();
      const opacity = page.getByRole('slider', { name: 'Opacity' });
      await opacity.focus();
      await page.keyboard.press('Home');
      expect(await opacity.getAttribute('aria-valuetext')).toBe('0 %');
      const contour = page.getByRole('slider', { name: 'Contour' });
      await contour.fill('0.5');
      expect(await page.locator('svg.contour path').first().getAttribute('d')).toMatch(/^M/);
      await page.getByRole('radio', { name: 'viridis' }).check();
      await page.getByRole('radio', { name: 'Heatmap', exact: true }).check();
      // The address follows a moment later, as browsers let a page rewrite it only so often.
      await expect
        .poll(() => Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1))))
        .toEqual({ alpha: '0', contour: '0.5', colormap: 'viridis', show: 'map' });
    });

    it('tells the value at a point', async () => {
      const page = await visit();
      await heatmap(page).first().focus();
      await page.keyboard.press('ArrowDown');
      await page
        .getByText(/^0\.\d\d of the highest$/)
        .first()
        .waitFor();
    });
  });

  describe('what is taken away', () => {
    const save = async (page: Page, name: string): Promise<{ download: Download; bytes: Buffer }> => {
      await page.getByRole('button', { name: 'Download' }).first().click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: new RegExp(`^${name}`) }).click(),
      ]);
      return { download, bytes: await readFile(await download.path()) };
    };

    it('pictures', async () => {
      const page = await visit();
      const overlay = await save(page, 'Overlay');
      expect(overlay.download.suggestedFilename()).toMatch(/truck.*gradcam\.png$/);
      const { width, height } = await readImage(overlay.bytes);
      expect(width).toBe(height);
      const figure = await save(page, 'Figure');
      const drawn = await readImage(figure.bytes);
      expect(drawn.width).toBeGreaterThan(width / 2);
      expect(drawn.width / drawn.height).not.toBe(1);
    });

    it('the map, as Node.js works it out of the same picture', async () => {
      const page = await visit();
      const picture = await png('ship.svg');
      await dropFile(page, { name: 'ship.png', type: 'image/png', bytes: picture });
      await explained(page, 'ship');
      const { bytes } = await save(page, 'Raw map');
      const map = parseNpy(bytes, 'the download');

      const folder = new Folder();
      const saved = folder.at('map.npy');
      expect(
        await gradcam(['explain', folder.write('ship.png', picture), '--save-map', saved, '--output', folder.at('ship.gradcam.png')]),
      ).toMatchObject({
        status: 0,
      });
      const expected = await readNpy(saved);
      folder.remove();
      expect(map.dims).toEqual([8, 8]);
      expect(relativeL2(map.data as Float32Array, expected.data as Float32Array)).toBeLessThan(TOLERANCE);
    });

    it('a model that explains itself', async () => {
      const page = await visit();
      const { bytes } = await save(page, 'Self-explaining model');
      const session = await (await nodeRuntime()).open(new Uint8Array(bytes));
      expect(session.outputs.map(({ name }) => name)).toContain('heatmap');
      await session.close();
    });

    it('a program, and a link that restores the view', async () => {
      const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
      const copied = () => page.evaluate(() => navigator.clipboard.readText());
      await page.getByRole('button', { name: 'Copy code' }).click();
      await page.getByRole('button', { name: /^For Node\.js/ }).click();
      await page.getByText('The program was copied').waitFor();
      expect(await copied()).toMatch(/from '@gradcam\/node'[\s\S]*openExplainer/);

      await page.getByRole('button', { name: /^airplane/ }).click();
      await explained(page, 'airplane');
      await page.getByRole('radio', { name: 'turbo' }).check();
      await page.getByRole('button', { name: 'Copy link' }).click();
      await page.getByText(/The link was copied/).waitFor();
      const link = await copied();

      const other = await visit({ url: link });
      await explained(other, 'airplane');
      expect(await other.getByRole('radio', { name: 'turbo' }).isChecked()).toBe(true);
      expect(await other.getByRole('button', { name: /^airplane/ }).getAttribute('aria-pressed')).toBe('true');
    });
  });

  it('answers the last question first: what was asked before is dropped', async () => {
    const page = await visit();
    for (const name of [/^airplane/, /^automobile/, /^bird/, /^truck/, /^airplane/]) await page.getByRole('button', { name }).click();
    await explained(page, 'airplane');
    await firstHeatmap(page);
  });
});
