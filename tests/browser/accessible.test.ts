import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { describeStudio, explained, heatmap, type Visit } from './support/studio.js';

const AXE = createRequire(import.meta.url).resolve('axe-core');

const SIZES = [
  { width: 360, height: 800 },
  { width: 1280, height: 800 },
  { width: 3840, height: 2160 },
] as const;

describeStudio(
  'the studio, for everybody',
  (studio) => {
    const visits: Visit[] = [];
    afterEach(async () => {
      for (const visit of visits.splice(0)) await visit.close();
    });
    const visit = async (...options: Parameters<typeof studio.visit>): Promise<Page> => {
      const visited = await studio.visit(...options);
      visits.push(visited);
      return visited.page;
    };

    it.each(['light', 'dark'] as const)(
      'axe finds nothing in the %s theme, and nothing lies beside the page, at any size',
      async (colorScheme) => {
        // The policy keeps a page's tools out, too.
        const page = await visit({ colorScheme, reducedMotion: 'reduce', bypassCSP: true });
        await everything(page);
        await page.addScriptTag({ path: AXE });
        const found: string[] = [];
        for (const size of SIZES) {
          await page.setViewportSize(size);
          const beside = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
          if (beside > 0) found.push(`${size.width}: ${beside} pixels lie beside the page`);
          for (const { id, nodes } of violations)
            found.push(`${size.width}: ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
        }
        expect(found).toEqual([]);
      },
    );

    it('has a theme that can be switched, and stays', async () => {
      const page = await visit({ colorScheme: 'light' });
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await ground();
      await page.getByRole('button', { name: 'Dark theme' }).click();
      const dark = await ground();
      expect(dark).not.toBe(light);
      await page.reload();
      await expect.poll(ground).toBe(dark);
    });

    it('can be used by keyboard from end to end', async () => {
      const page = await visit();
      const reached: string[] = [];
      for (let press = 0; press < 200; press++) {
        await page.keyboard.press('Tab');
        const name = await page.evaluate(() => {
          const { activeElement: at } = document;
          if (at === null || at === document.body) return '';
          const label = at.closest('label');
          const words =
            at.getAttribute('aria-label') || at.textContent?.trim() || at.querySelector('img')?.alt || label?.textContent?.trim();
          const ringed = [at, ...(label === null ? [] : [label])].some((element) => {
            const { outlineStyle, outlineWidth } = getComputedStyle(element);
            return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
          });
          return `${words || at.tagName}${ringed ? '' : ' (no focus ring)'}`;
        });
        if (name === '') break;
        reached.push(name);
      }
      expect(reached.filter((name) => name.includes('no focus ring'))).toEqual([]);
      for (const part of [/^Heatmap of what speaks/, /^truck/, /An airplane|A ship/, /^Layer /, /^HiResCAM/, /^Download/, /Dark theme/])
        expect(reached.some((name) => part.test(name)) || `nothing like ${part} among ${reached.join(' | ')}`).toBe(true);
    });

    it('explains what the camera sees while it moves, and stops', async () => {
      const page = await visit({ permissions: ['camera'] });
      await page.getByRole('button', { name: 'Camera' }).click();
      await page.getByRole('button', { name: 'Keep this picture' }).waitFor({ timeout: 20_000 });
      // The browser's test picture changes with every frame: so do its heatmaps.
      const pixels = () => page.evaluate(() => document.querySelector('canvas')?.toDataURL());
      const before = await pixels();
      await expect.poll(pixels, { timeout: 20_000 }).not.toBe(before);
      await heatmap(page).first().waitFor();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByRole('button', { name: 'Camera' }).waitFor();
      await page.getByRole('button', { name: 'A ship' }).click();
      await explained(page, 'ship');
    });
  },
  ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
);

/** Brings every part of the page in view once, so that all of it is there. */
async function everything(page: Page): Promise<void> {
  for (const name of ['Layers, from the first to the last', 'Methods', 'Regions and pixels', 'Inside Grad-CAM'])
    await page.getByRole('region', { name, exact: true }).scrollIntoViewIfNeeded();
  await page.getByRole('region', { name: 'Inside Grad-CAM' }).getByRole('table').waitFor({ timeout: 30_000 });
  await page.getByRole('img', { name: /^SmoothGrad: most evidence/ }).waitFor({ timeout: 60_000 });
  await page.evaluate(() => scrollTo(0, 0));
}
