import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openExplainer, parsePreprocess, preprocess } from '@gradcam/core';
import { readImage, wasmRuntime } from '@gradcam/node';
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasChromium } from './support/chromium.js';
import { webPages } from './support/web-page.js';

const MODEL = '/models/everyday-int8.onnx';
const PICTURE = '/models/examples/airplane-and-truck.svg';
const beside = (path: string) => fileURLToPath(new URL(`../..${path.replace('/models', '/models/everyday')}`, import.meta.url));

describe.skipIf(!hasChromium)('openExplainer of @gradcam/web', () => {
  const pages = webPages(['--enable-blink-features=ForceEagerMeasureMemory']);
  let page: Page;
  let heard: string[];

  beforeAll(async () => {
    ({ page, heard } = await pages.open());
  });
  beforeEach(() => {
    heard.length = 0;
  });

  it('answers with the numbers of Node.js', async () => {
    const bytes = new Uint8Array(await readFile(beside(MODEL)));
    const image = await readImage(beside(PICTURE));
    const explainer = await openExplainer(await wasmRuntime({ threads: 1 }), bytes, { methods: ['gradcam', 'layercam', 'saliency'] });
    const spec = parsePreprocess(JSON.parse(explainer.model.graph.metadata.get('preprocess') ?? ''), 'the model');
    const expected = await explainer.explainOne(preprocess(image, spec).tensor, [0, 9]);
    await explainer.close();

    const found = await page.evaluate(
      async ({ model, image }) => {
        const explainer = await gradcam.web.openExplainer(model, { methods: ['gradcam', 'layercam', 'saliency'] });
        const { predictions, explanations } = await explainer.explain(image, { classes: ['airplane', 9] });
        await explainer.close();
        const { labels, notes, layers, preprocess, kind } = explainer;
        return {
          predictions,
          labels,
          notes,
          layers,
          preprocess,
          kind,
          explanations: explanations.map(({ class: { label }, method, heatmap, score }) => ({ label, method, heatmap, score })),
        };
      },
      { model: MODEL, image },
    );

    expect(found.labels).toHaveLength(10);
    expect(found).toMatchObject({ notes: [], kind: 'classes', preprocess: spec, layers: explainer.layers });
    expect(found.predictions.map(({ index }) => index)).toEqual(expected.predictions.map(({ index }) => index));
    expect(found.predictions[0]?.label).toBe('truck');
    expect(found.explanations.map(({ label, method }) => `${label} ${method}`)).toEqual(
      expected.explanations.map(({ class: { index }, method }) => `${found.labels[index]} ${method}`),
    );
    for (const [at, { heatmap, score }] of found.explanations.entries()) {
      const { heatmap: other, score: otherScore } = expected.explanations[at] ?? expect.fail('an explanation less');
      expect(score).toBeCloseTo(otherScore, 4);
      // The same WebAssembly: what differs is the order in which threads add.
      expect(distance(heatmap.data, other.data)).toBeLessThan(1e-5);
    }
  });

  it.each(['Uint8Array', 'ArrayBuffer', 'Blob', 'URL', 'transferred'] as const)('opens a model from %s', async (kind) => {
    const left = await page.evaluate(
      async ({ model, picture, kind }) => {
        const buffer = await (await fetch(model)).arrayBuffer();
        const source = {
          Uint8Array: new Uint8Array(buffer),
          ArrayBuffer: buffer,
          Blob: new Blob([buffer]),
          URL: new URL(model, document.baseURI),
          transferred: buffer,
        }[kind];
        const explainer = await gradcam.web.openExplainer(source, { transfer: kind === 'transferred' });
        const { predictions } = await explainer.explain(await (await fetch(picture)).blob());
        await explainer.close();
        return { label: predictions[0]?.label, bytes: buffer.byteLength };
      },
      { model: MODEL, picture: PICTURE, kind },
    );
    expect(left.label).toBe('truck');
    expect(left.bytes === 0).toBe(kind === 'transferred');
  });

  it('tells how far the model is fetched', async () => {
    const told = await page.evaluate(async (model) => {
      const told: [number, number | undefined][] = [];
      await (await gradcam.web.openExplainer(model, { download: (loaded, total) => told.push([loaded, total]) })).close();
      return told.at(-1);
    }, MODEL);
    expect(told?.[0]).toBeGreaterThan(700_000);
  });

  it.each<[string, string, object, object, string, RegExp]>([
    ['an address without a file', '/models/none.onnx', {}, {}, 'network', /'none.onnx'.*404/],
    ['a picture for a model', PICTURE, {}, {}, 'invalid-model', /is text \(<svg/],
    ['a layer that is not there', MODEL, { layers: ['conv9'] }, {}, 'unknown-layer', /conv9/],
    ['a method that is not there', MODEL, { methods: ['gradcham'] }, {}, 'unknown-method', /gradcam/],
    ['too few labels', MODEL, { labels: ['one'] }, {}, 'invalid-labels', /expected 10 labels.*got 1/],
    ['a preset that is not there', MODEL, { preprocess: 'imagnet' }, {}, 'invalid-preprocess', /imagenet/],
    ['ONNX Runtime where it is not', MODEL, { assets: '/nowhere' }, {}, 'runtime', /'assets'/],
    ['a class that is not there', MODEL, {}, { classes: ['trukc'] }, 'unknown-class', /did you mean 'truck'/],
  ])('refuses %s with its code', async (_, model, options, asked, code, words) => {
    const error = await page.evaluate(
      async ({ model, options, asked, picture }) => {
        const { GradcamError, OnnxGradError } = gradcam.core;
        try {
          const explainer = await gradcam.web.openExplainer(model, options);
          await explainer.explain(await (await fetch(picture)).blob(), asked);
          return undefined;
        } catch (error) {
          return error instanceof GradcamError || error instanceof OnnxGradError
            ? { code: error.code, message: error.message }
            : { code: '', message: String(error) };
        }
      },
      { model, options, asked, picture: PICTURE },
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it('tells how far slow methods are, stops them, and answers the next question', async () => {
    const seen = await page.evaluate(
      async ({ model, picture }) => {
        const explainer = await gradcam.web.openExplainer(model, { methods: ['rise', 'gradcam'], samples: 100_000, batch: 1 });
        const blob = await (await fetch(picture)).blob();
        const stop = new AbortController();
        const told: number[] = [];
        const progress = (done: number, total: number) => {
          told.push(done, total);
          stop.abort();
        };
        const code = (error: unknown) => (error as { code?: string }).code;
        const slow = explainer.explain(blob, { methods: ['rise'], signal: stop.signal, progress }).then(() => 'done', code);
        const waiting = explainer.explain(blob, { methods: ['rise'], signal: AbortSignal.timeout(10) }).then(() => 'done', code);
        const next = explainer.explain(blob, { methods: ['gradcam'] });
        const codes = [await slow, await waiting, (await next).predictions[0]?.label];
        const closed = explainer.explain(blob, { methods: ['rise'] }).then(() => 'done', code);
        await explainer.close();
        return { told, codes, closed: await closed };
      },
      { model: MODEL, picture: PICTURE },
    );
    expect(seen.codes).toEqual(['aborted', 'aborted', 'truck']);
    expect(seen.closed).toBe('runtime');
    expect(seen.told[1]).toBe(100_000);
    // Between the first word of it and the stop lie some runs, not thousands.
    expect(seen.told.at(-2)).toBeLessThan(20_000);
  });

  it('says that its worker could not be loaded', async () => {
    const error = await page.evaluate(async (model) => {
      const worker = new Worker('/none.js', { type: 'module' });
      return gradcam.web
        .openExplainer(model, { worker })
        .catch((reason: { code: string; message: string }) => ({ code: reason.code, message: reason.message }));
    }, MODEL);
    expect(error).toMatchObject({ code: 'runtime', message: expect.stringContaining('could not be loaded') });
  });

  it('returns its memory: 200 explanations take no more than 20, and closing gives all back', async () => {
    // A page of its own, and one thread: who is being ended, or waits for work as threads do, answers no question about memory, and the
    // browser asks for 60 s.
    const { page } = await pages.open();
    const measure = () =>
      page.evaluate(async () => {
        const { bytes } = await (
          performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
        ).measureUserAgentSpecificMemory();
        return bytes / 2 ** 20;
      });
    const closed = await measure();
    const opened = await page.evaluateHandle((model) => gradcam.web.openExplainer(model, { threads: 1 }), MODEL);
    const ask = async (times: number) => {
      await opened.evaluate(
        async (explainer, { picture, times }) => {
          const image = await gradcam.web.readPicture(await (await fetch(picture)).blob());
          for (let time = 0; time < times; time++) await explainer.explain(image, { classes: [time % 10] });
        },
        { picture: PICTURE, times },
      );
      return measure();
    };
    const [few, many] = [await ask(20), await ask(180)];
    expect(page.workers()).toHaveLength(1);
    await opened.evaluate((explainer) => explainer.close());
    await expect.poll(() => page.workers(), { timeout: 60_000 }).toHaveLength(0);
    const again = await measure();
    await page.close();
    // The worker, with WebAssembly's memory, is in what is measured.
    expect(few - closed).toBeGreaterThan(5);
    expect(many - few).toBeLessThan(3);
    expect(again - closed).toBeLessThan(3);
  });

  it('gives overlays and figures without the worker', async () => {
    const sizes = await page.evaluate(
      async ({ model, picture }) => {
        const { openExplainer, toPng } = gradcam.web;
        const explainer = await openExplainer(model);
        const result = await explainer.explain(await (await fetch(picture)).blob(), { name: 'drawing' });
        await explainer.close();
        const { width, height } = result.explanations[0]?.overlay({ alpha: 0.3, colormap: 'viridis' }) ?? { width: 0, height: 0 };
        const file = await toPng(await result.figure({ footer: 'everyday' }));
        const back = await createImageBitmap(file);
        return {
          picture: [result.picture.width, result.picture.height],
          overlay: [width, height],
          type: file.type,
          figure: [back.width, back.height],
        };
      },
      { model: MODEL, picture: PICTURE },
    );
    expect(sizes.overlay).toEqual(sizes.picture);
    expect(sizes.type).toBe('image/png');
    expect(sizes.figure[0]).toBeGreaterThan(2 * (sizes.figure[1] ?? 0) * 0.7);
    expect(heard).toEqual([]);
  });
});

/** Relative L2. */
function distance(found: Float32Array, expected: Float32Array): number {
  let [difference, size] = [0, 0];
  for (const [at, value] of expected.entries()) {
    difference += ((found[at] ?? Number.NaN) - value) ** 2;
    size += value ** 2;
  }
  return Math.sqrt(difference / size);
}
