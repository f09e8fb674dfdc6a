import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

/** The browser that tests are run in: `CHROMIUM` in the environment, else Debian's. */
export const CHROMIUM = [process.env['CHROMIUM'], '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));

if (CHROMIUM === undefined && process.env['CI'] !== undefined)
  throw new Error('tests in the browser need Chromium: install it, or name it by CHROMIUM=PATH in the environment');

/** Tests in the browser are skipped where there is none: `describe.skipIf(!hasChromium)`. */
export const hasChromium: boolean = CHROMIUM !== undefined;

/** WebGPU on the CPU, which is right and slow. */
export const WEBGPU_FLAGS: readonly string[] = ['--enable-unsafe-webgpu'];

/** Starts Chromium without a window. Close it when done. */
export async function launch(flags: readonly string[] = []): Promise<Browser> {
  // Containers give no sandbox to the root user.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }), args: [...sandbox, ...flags] });
}

/** What a page said on its console, threw, and could not load: nothing, as a rule. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') heard.push(message.text());
  });
  page.on('pageerror', (error) => heard.push(String(error)));
  page.on('requestfailed', (request) => heard.push(`${request.url()}: ${request.failure()?.errorText}`));
  return heard;
}
