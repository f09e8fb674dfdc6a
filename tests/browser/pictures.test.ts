import { fileURLToPath } from 'node:url';
import { encodePng, readImage } from '@gradcam/node';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from './support/chromium.js';
import { webPages } from './support/web-page.js';

const WIDTH = 6;
const HEIGHT = 4;

/** A picture without two pixels alike. */
const image = { width: WIDTH, height: HEIGHT, data: Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, at) => (at * 37) % 256) };

describe.skipIf(!hasChromium)('readPicture of @gradcam/web', () => {
  const pages = webPages();
  let page: Page;
  beforeAll(async () => {
    ({ page } = await pages.open());
  });

  const readFile = (bytes: Uint8Array, type = '') =>
    page.evaluate(({ bytes, type }) => gradcam.web.readPicture(new File([bytes as BlobPart], 'photo', { type })), { bytes, type });

  it('reads a PNG bit by bit', async () => {
    expect(await readFile(await encodePng(image))).toEqual(image);
  });

  it('lays what is transparent on white', async () => {
    const rgba = Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 0, 0, 200, 0, 51);
    const bytes = new Uint8Array(
      await sharp(rgba, { raw: { width: 3, height: 1, channels: 4 } })
        .png()
        .toBuffer(),
    );
    const { data } = await readFile(bytes);
    expect([...data.subarray(0, 6)]).toEqual([255, 0, 0, 255, 255, 255]);
    // 20 % of (0, 200, 0) on white: browsers keep colours multiplied by alpha, and round there, too.
    for (const [channel, value] of [204, 244, 204].entries()) expect(Math.abs((data[6 + channel] ?? 0) - value)).toBeLessThan(3);
  });

  it.each([1, 3, 6, 8])('turns photographs by their EXIF orientation %i, as Node.js does', async (orientation) => {
    const photo = await sharp({ create: { width: 32, height: 16, channels: 3, background: '#204060' } })
      .composite([{ input: { create: { width: 16, height: 8, channels: 3, background: '#f0c020' } }, left: 0, top: 0 }])
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation })
      .toBuffer();
    const [found, expected] = [await readFile(new Uint8Array(photo)), await readImage(new Uint8Array(photo))];
    expect([found.width, found.height]).toEqual([expected.width, expected.height]);
    // Decoders of JPEG differ by rounding.
    expect(mean(found.data, expected.data)).toBeLessThan(1);
  });

  it('draws an SVG as large as Node.js does', async () => {
    const drawing = fileURLToPath(new URL('../../models/everyday/examples/ship.svg', import.meta.url));
    const found = await page.evaluate(async () => gradcam.web.readPicture(await (await fetch('/models/examples/ship.svg')).blob()));
    const expected = await readImage(drawing);
    expect([found.width, found.height]).toEqual([expected.width, expected.height]);
    // The edges of shapes are smoothed differently.
    expect(mean(found.data, expected.data)).toBeLessThan(2);
  });

  it.each(['ImageData', 'ImageBitmap', 'canvas', 'OffscreenCanvas', 'img', 'VideoFrame', 'video'] as const)(
    'reads %s, which stays as it is',
    async (kind) => {
      const [first, second] = await page.evaluate(
        async ({ kind, image }) => {
          const { readPicture, toImageData, toPng } = gradcam.web;
          const pixels = toImageData(image);
          const sheet = new OffscreenCanvas(image.width, image.height);
          sheet.getContext('2d')?.putImageData(pixels, 0, 0);
          const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
          canvas.getContext('2d')?.putImageData(pixels, 0, 0);
          const element = new Image();
          element.src = URL.createObjectURL(await toPng(image));
          const video = document.createElement('video');
          if (kind === 'video') {
            // A canvas gives a frame whenever it is drawn on.
            setInterval(() => canvas.getContext('2d')?.putImageData(pixels, 0, 0), 20);
            video.muted = true;
            video.srcObject = canvas.captureStream();
            await video.play();
          }
          const source = {
            ImageData: () => pixels,
            ImageBitmap: () => createImageBitmap(sheet),
            canvas: () => canvas,
            OffscreenCanvas: () => sheet,
            img: () => element,
            VideoFrame: () => new VideoFrame(canvas, { timestamp: 0 }),
            video: () => video,
          }[kind];
          const made = await source();
          return [await readPicture(made), await readPicture(made)];
        },
        { kind, image },
      );
      expect([first.width, first.height]).toEqual([WIDTH, HEIGHT]);
      if (kind === 'video') return;
      // A frame of video may have passed through another colour space.
      expect(mean(first.data, image.data)).toBeLessThan(kind === 'VideoFrame' ? 3 : 1e-9);
      expect(second).toEqual(first);
    },
  );

  it.each<[string, Uint8Array, string, string, RegExp]>([
    ['an empty file', new Uint8Array(0), '', 'invalid-image', /'photo' is empty/],
    ['no picture', new TextEncoder().encode('not a picture'), '', 'invalid-image', /'photo' is damaged, cut short or of a format/],
    ['an SVG that is none', new TextEncoder().encode('<svg'), 'image/svg+xml', 'invalid-image', /The SVG 'photo' cannot be drawn/],
  ])('refuses %s', async (_, bytes, type, code, words) => {
    const error = await page.evaluate(
      async ({ bytes, type }) => {
        try {
          return await gradcam.web.readPicture(new File([bytes as BlobPart], 'photo', { type }));
        } catch (error) {
          return { code: (error as { code?: string }).code, message: String(error) };
        }
      },
      { bytes, type },
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it('refuses what shows nothing yet, and what another origin keeps to itself', async () => {
    const errors = await page.evaluate(async () => {
      const said = async (source: Parameters<typeof gradcam.web.readPicture>[0]) =>
        gradcam.web.readPicture(source).then(
          () => 'read',
          (error: Error) => error.message,
        );
      return [await said(document.createElement('video')), await said(Object.assign(document.createElement('canvas'), { width: 0 }))];
    });
    expect(errors[0]).toContain('loadeddata');
    expect(errors[1]).toContain('no pixels');
  });
});

describe.skipIf(!hasChromium)('renderFigure of @gradcam/web', () => {
  const pages = webPages();

  it('draws what the browser makes of the SVG itself', async () => {
    const { page } = await pages.open();
    const apart = await page.evaluate(async () => {
      const { explainedFigure } = gradcam.core;
      const { renderFigure } = gradcam.web;
      const image = { width: 400, height: 300, data: Uint8Array.from({ length: 360_000 }, (_, at) => (at * at) % 251) };
      const heatmap = { width: 7, height: 7, data: Float32Array.from({ length: 49 }, (_, at) => at / 48) };
      const placement = { left: 0, top: 0, scaleX: 400 / 7, scaleY: 300 / 7 };
      const figure = explainedFigure({
        image,
        placement,
        overlays: [{ heatmap, title: 'Grad-CAM: tabby, 73 %' }],
        title: 'a photo',
        footer: 'a footer',
      });
      const own = renderFigure(figure);
      const panels = renderFigure({ ...figure, svg: '' });
      const context = panels.getContext('2d');
      const drawing = new Image();
      drawing.src = URL.createObjectURL(new Blob([figure.svg], { type: 'image/svg+xml' }));
      await drawing.decode();
      context?.drawImage(drawing, 0, 0);
      const [one, two] = [own.getContext('2d'), context].map(
        (from) => from?.getImageData(0, 0, figure.width, figure.height).data ?? new Uint8ClampedArray(1),
      );
      let [most, sum, drawn] = [0, 0, 0];
      for (let at = 0; at < (one?.length ?? 0); at++) {
        const difference = Math.abs((one?.[at] ?? 0) - (two?.[at] ?? 0));
        [most, sum] = [Math.max(most, difference), sum + difference];
        if (at % 4 === 0 && (one?.[at] ?? 255) < 128) drawn++;
      }
      return { most, mean: sum / (one?.length ?? 1), drawn };
    });
    expect(apart.drawn).toBeGreaterThan(500);
    expect(apart.mean).toBeLessThan(0.05);
    expect(apart.most).toBeLessThan(48);
  });
});

function mean(found: Uint8Array, expected: Uint8Array): number {
  let sum = 0;
  for (const [at, value] of expected.entries()) sum += Math.abs((found[at] ?? Number.NaN) - value);
  return sum / expected.length;
}
