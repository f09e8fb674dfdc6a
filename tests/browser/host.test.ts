import { fileURLToPath } from 'node:url';
import { afterEach, expect, inject, it } from 'vitest';
import { type Served, serveFolder } from '../../packages/cli/src/commands/studio/server.js';
import { type Served as Plain, serve } from './support/serve.js';
import { alteredStudio, describeStudio, explained, firstHeatmap, remove, type Visit } from './support/studio.js';

/** How the page is served: what it may do, whom it asks, and what is left of it without a network. */
describeStudio('the studio on its hosts', (studio) => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  const visit = async (...options: Parameters<typeof studio.visit>): Promise<Visit> => {
    const visited = await studio.visit(...options);
    open.push(visited);
    return visited;
  };
  const isolated = (page: Visit['page']) => page.evaluate(() => globalThis.crossOriginIsolated);

  it('asks nobody but its own origin, breaks no rule of its policy, and has threads', async () => {
    const { page, heard, asked } = await visit();
    expect(await isolated(page)).toBe(true);
    expect(asked.filter((url) => !url.startsWith(studio.url) && !url.startsWith(`blob:${studio.url}`))).toEqual([]);
    expect(asked.length).toBeGreaterThan(5);
    expect(heard).toEqual([]);
  });

  it('has a policy that holds: no inline script, no other host, as header and in the page', async () => {
    const plain = await plainHost(serve({ '/': inject('studio') }, {}));
    for (const url of [studio.url, plain.url]) {
      const { page } = await visit({ url, wait: false, serviceWorkers: 'block' });
      const broken = await page.evaluate(async () => {
        // A set: where header and page both have the policy, both are broken.
        const directives = new Set<string>();
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => directives.add(effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'globalThis.inline = true';
        document.body.append(script);
        await fetch('https://other.example/').catch(() => undefined);
        const image = new Image();
        image.src = 'https://other.example/a.png';
        await image.decode().catch(() => undefined);
        // In a task of its own: what the debugger evaluates may evaluate.
        const evaluated = await new Promise<boolean>((resolve) => {
          setTimeout(() => {
            try {
              resolve(Boolean(new Function('return true')()));
            } catch {
              resolve(false);
            }
          });
        });
        // The events come in tasks of their own, too.
        await new Promise((resolve) => setTimeout(resolve, 100));
        return { directives: [...directives], inline: 'inline' in globalThis, evaluated };
      });
      expect(broken).toEqual({
        directives: ['script-src-elem', 'connect-src', 'img-src', 'script-src'],
        inline: false,
        evaluated: false,
      });
    }
  });

  it('lets the zoo be fetched, from where its hosts send the browser', async () => {
    const { page } = await visit({ wait: false, serviceWorkers: 'block' });
    const answer = { headers: { 'access-control-allow-origin': '*' }, body: 'bytes' };
    await page.route('https://huggingface.co/**', (route) => route.fulfill({ ...answer }));
    await page.route('https://us.aws.cdn.hf.co/**', (route) => route.fulfill({ ...answer }));
    await page.route('https://media.githubusercontent.com/**', (route) => route.fulfill({ ...answer }));
    for (const url of [
      'https://huggingface.co/onnxmodelzoo/a/resolve/main/b.onnx',
      'https://us.aws.cdn.hf.co/xet-bridge-us/a',
      'https://media.githubusercontent.com/media/onnx/models/a/b.onnx',
    ]) {
      expect(await page.evaluate((address) => fetch(address).then((response) => response.text()), url)).toBe('bytes');
    }
  });

  it('opens with the picture and the model that gradcam studio is given', async () => {
    const ship = fileURLToPath(new URL('../../models/everyday/examples/ship.svg', import.meta.url));
    const net = fileURLToPath(new URL('../../packages/cli/model/everyday-int8.onnx', import.meta.url));
    const files = new Map([
      ['/given/picture/my%20ship.svg', ship],
      ['/given/model/net.onnx', net],
    ]);
    const served = await serveFolder({ folder: inject('studio'), host: '127.0.0.1', port: 0, files });
    open.push(served);
    const search = new URLSearchParams({ picture: 'given/picture/my%20ship.svg', model: 'given/model/net.onnx' });
    const { page, heard } = await visit({ url: `${served.url}?${search}` });
    await explained(page, 'ship');
    await page.getByRole('region', { name: 'Model' }).getByText('net.onnx', { exact: true }).waitFor();
    expect(heard).toEqual([]);
  });

  it('works without a network after the first visit', async () => {
    const { page, heard } = await visit();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.context().setOffline(true);
    await page.reload();
    await firstHeatmap(page);
    expect(await isolated(page)).toBe(true);
    expect(heard.filter((words) => !words.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
  });

  it('works below any path on a host that sets no headers, and has threads there from the second visit on', async () => {
    const plain = await plainHost(serve({ '/some/path/': inject('studio') }, {}));
    const { page, heard } = await visit({ url: `${plain.url}some/path/` });
    expect(await isolated(page)).toBe(false);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await firstHeatmap(page);
    expect(await isolated(page)).toBe(true);
    expect(heard).toEqual([]);
  });

  it('shows the new version at once where there is a network, and keeps it whole', async () => {
    const { port, ...first } = await moving();
    const { page } = await visit({ url: first.url });
    await page.evaluate(() => navigator.serviceWorker.ready);
    const versions = async () => (await page.evaluate(() => caches.keys())).filter((name) => name.startsWith('studio-page-'));
    const [before] = await versions();
    await first.close();

    const altered = await alteredStudio({ 'Grad-CAM Studio': 'Grad-CAM Studio, newer' });
    const second = await serveFolder({ folder: altered, host: '127.0.0.1', port });
    open.push(second, { close: () => remove(altered) });
    await page.reload();
    await firstHeatmap(page);
    expect(await page.title()).toContain('newer');
    // The old version stays whole as long as a page of it may be open.
    expect(await versions()).toContain(before);
  });

  async function plainHost(serving: Promise<Plain>): Promise<Plain> {
    const served = await serving;
    open.push(served);
    return served;
  }

  async function moving(): Promise<Served & { readonly port: number }> {
    const served = await serveFolder({ folder: inject('studio'), host: '127.0.0.1', port: 0 });
    return { ...served, port: Number(new URL(served.url).port) };
  }
});
