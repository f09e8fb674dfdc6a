import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ZOO_MODELS } from '@gradcam/core';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Served, serveFolder } from '../../packages/cli/src/commands/studio/server.js';
import { type FileServer, sendFile, serveFiles } from '../../packages/node/src/testing/file-server.js';
import { alteredStudio, describeStudio, explained, firstHeatmap, remove } from './support/studio.js';

const NAME = 'squeezenet1_1';
const KEY = `zoo:${NAME}`;

/**
 * The page as it is, but that the zoo's first host is a server of this test, and that the bundled model's bytes stand for one of
 * the zoo's: what is checked stays checked, and the policy names this host instead of that.
 */
describeStudio('the zoo in the page', (studio) => {
  let model: Buffer;
  let folder: string;
  let host: FileServer;
  let served: Served;
  let answer: Parameters<typeof serveFiles>[0];
  const open: { close(): Promise<unknown> }[] = [];

  beforeEach(async () => {
    model = await readFile(new URL('../../packages/cli/model/everyday-int8.onnx', import.meta.url));
    answer = (request, response) => sendFile(request, response, model);
    host = await serveFiles((request, response, count) => {
      response.setHeader('access-control-allow-origin', '*');
      answer(request, response, count);
    });
    const { sha256, bytes } = ZOO_MODELS[NAME] ?? { sha256: '', bytes: 0 };
    folder = await alteredStudio({
      'https://huggingface.co': host.base,
      [sha256]: createHash('sha256').update(model).digest('hex'),
      [new Intl.NumberFormat('en', { useGrouping: false }).format(bytes)]: String(model.length),
    });
    served = await serveFolder({ folder, host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await Promise.all([served.close(), host.close(), remove(folder)]);
  });

  const visit = async (view?: string): Promise<Page> => {
    const visited = await studio.visit({ url: served.url, ...(view !== undefined && { view }) });
    open.push(visited);
    return visited.page;
  };
  const panel = (page: Page) => page.getByRole('region', { name: 'Model' });
  const choose = async (page: Page) => {
    await page.getByRole('combobox', { name: 'Pretrained network' }).selectOption(NAME);
    await panel(page).getByRole('button', { name: 'Download' }).click();
  };

  it('fetches a model when it is chosen, once, and keeps it for visits without a network', async () => {
    const page = await visit();
    expect(host.seen).toEqual([]);
    await choose(page);
    await panel(page).getByText('SqueezeNet 1.1', { exact: true }).waitFor({ timeout: 30_000 });
    await explained(page, 'truck');
    await expect.poll(() => page.url(), { timeout: 10_000 }).toContain(encodeURIComponent(KEY));
    expect(host.seen.map(({ url }) => url)).toEqual([
      '/onnxmodelzoo/squeezenet1_1_Opset17_torch_hub/resolve/main/squeezenet1_1_Opset17.onnx',
    ]);

    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.context().setOffline(true);
    await page.reload();
    await panel(page).getByText('SqueezeNet 1.1', { exact: true }).waitFor({ timeout: 30_000 });
    await firstHeatmap(page);
    expect(host.seen).toHaveLength(1);
  });

  it('tells how far it is, and stops when it is told to', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': model.length });
      response.write(model.subarray(0, 300_000));
    };
    const page = await visit();
    await choose(page);
    const progress = page.getByRole('progressbar', { name: 'Downloading SqueezeNet 1.1' });
    await expect.poll(() => progress.getAttribute('aria-valuetext'), { timeout: 20_000 }).toBe('0.3 of 0.7 MB');
    await panel(page).getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    expect(await panel(page).getByRole('alert').innerText()).toBe('');
    await explained(page, 'truck');
  });

  it('takes no other bytes than those it knows, and says what to do', async () => {
    answer = (request, response) =>
      sendFile(
        request,
        response,
        Uint8Array.from(model, (byte, index) => (index === 5000 ? byte ^ 1 : byte)),
      );
    const page = await visit();
    await choose(page);
    const alert = panel(page).getByRole('alert');
    await alert
      .getByText(
        /SqueezeNet 1\.1 could not be downloaded \(127\.0\.0\.1:\d+: other content than expected; media\.githubusercontent\.com: .*drop the file here/,
      )
      .waitFor({ timeout: 60_000 });
    expect(await page.evaluate(async () => (await (await caches.open('studio-zoo')).keys()).length)).toBe(0);
  });

  it('says so where there is no network', async () => {
    const page = await visit();
    await page.context().setOffline(true);
    await choose(page);
    await panel(page)
      .getByRole('alert')
      .getByText(/This device is offline: connect it and try again\./)
      .waitFor({ timeout: 30_000 });
    await explained(page, 'truck');
  });

  it('fetches nothing because an address says so', async () => {
    const page = await visit(new URLSearchParams({ model: KEY }).toString());
    expect(await page.getByRole('combobox', { name: 'Pretrained network' }).inputValue()).toBe(NAME);
    expect(host.seen).toEqual([]);
  });
});
