import { describe, expect, it } from 'vitest';
import { runtimeContract } from '../../packages/ort/src/testing/contract.js';
import { hasChromium } from './support/chromium.js';
import { runtimePages } from './support/runtime-page.js';

describe.skipIf(!hasChromium)('@gradcam/web in Chromium', () => {
  const start = runtimePages();

  for (const options of [{ threads: 1 }, { threads: 2 }, { device: 'webgpu' }] as const) {
    runtimeContract(`webRuntime(${JSON.stringify(options)})`, () => start(options));
  }

  it('takes no graphics card for one that the CPU stands in for', async () => {
    expect((await start({ device: 'auto' })).device).toBe('wasm');
  });

  it.each([0, 1.5])('refuses %d threads', async (threads) => {
    await expect(start({ threads })).rejects.toMatchObject({ code: 'invalid-setting' });
  });
});
