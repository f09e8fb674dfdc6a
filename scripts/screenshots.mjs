// Pictures of the studio for the documentation: three sizes, both themes, and Inside Grad-CAM. Needs `npm run build` and Chromium.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const sharp = createRequire(new URL('../packages/node/package.json', import.meta.url))('sharp');
const folder = 'docs/studio';
mkdirSync(folder, { recursive: true });

const served = spawn(process.execPath, ['packages/cli/bin/gradcam.js', 'studio', '--no-open'], { stdio: ['ignore', 'pipe', 'inherit'] });
const [url] = await once(createInterface(served.stdout), 'line');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});

/** The sky of a small picture shows every step of a palette; a large one would be a megabyte without. */
async function save(name, png) {
  const { width } = await sharp(png).metadata();
  writeFileSync(
    `${folder}/${name}.png`,
    await sharp(png)
      .png({ palette: width > 2000, effort: 10, compressionLevel: 9 })
      .toBuffer(),
  );
}

for (const colorScheme of ['light', 'dark']) {
  for (const [width, height] of [
    [360, 800],
    [1280, 800],
    [2560, 1440],
  ]) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    await page.goto(url);
    await page.getByRole('button', { name: /^Heatmap of what speaks for/ }).waitFor();
    // What lies on the screen below the heatmap is drawn as it comes.
    await page.waitForTimeout(5000);
    await save(`${width}-${colorScheme}`, await page.screenshot());
    if (width === 1280) {
      const inside = page.getByRole('region', { name: 'Inside Grad-CAM' });
      await inside.scrollIntoViewIfNeeded();
      await inside.getByRole('table').waitFor();
      await inside.getByRole('application').click({ position: { x: 160, y: 200 } });
      await save(`inside-${colorScheme}`, await inside.screenshot());
    }
    await page.close();
  }
}
await browser.close();
served.kill();
