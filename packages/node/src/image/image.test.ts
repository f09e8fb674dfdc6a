import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import type { RgbImage } from '@gradcam/core';
import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeImage, encodePng, imageExtension } from './encode.js';
import { renderFigure } from './figure.js';
import { readImage } from './read.js';
import { drawSvg } from './svg.js';

const folder = mkdtempSync(join(tmpdir(), 'gradcam-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Samples as a picture of one row. */
const row = (channels: 1 | 2 | 3 | 4, samples: readonly number[]) =>
  sharp(Uint8Array.from(samples), { raw: { width: samples.length / channels, height: 1, channels } });
const row16 = (channels: 1 | 3 | 4, samples: readonly number[]) =>
  sharp(Uint16Array.from(samples), { raw: { width: samples.length / channels, height: 1, channels } });
const pixels = ({ data }: RgbImage) => Array.from(data);
const fails = (run: Promise<unknown>, code: string, words: string | RegExp) =>
  expect(run).rejects.toMatchObject({
    code,
    message: typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words),
  });

/** Left half red, right half blue, 64 × 32: flat areas, so that lossy formats keep them. */
const flag = () =>
  sharp({ create: { width: 64, height: 32, channels: 3, background: '#f00' } }).composite([
    { input: { create: { width: 32, height: 32, channels: 3, background: '#00f' } }, left: 32, top: 0 },
  ]);

describe('readImage', () => {
  it.each([
    ['JPEG', () => flag().jpeg({ quality: 100, chromaSubsampling: '4:4:4' })],
    ['progressive JPEG', () => flag().jpeg({ quality: 100, chromaSubsampling: '4:4:4', progressive: true })],
    ['PNG', () => flag().png()],
    ['PNG with a palette', () => flag().png({ palette: true })],
    ['WebP', () => flag().webp({ lossless: true })],
    ['AVIF', () => flag().avif({ lossless: true })],
    ['GIF', () => flag().gif()],
    ['TIFF', () => flag().tiff({ compression: 'lzw' })],
  ])('reads %s', async (_, picture) => {
    const image = await readImage(await picture().toBuffer());
    expect([image.width, image.height, image.data.length]).toEqual([64, 32, 64 * 32 * 3]);
    const at = (x: number, y: number) => Array.from(image.data.subarray(3 * (64 * y + x), 3 * (64 * y + x) + 3));
    // 2: the rounding of JPEG's YCbCr.
    for (const [x, colour] of [
      [8, [255, 0, 0]],
      [56, [0, 0, 255]],
    ] as const) {
      for (const [channel, value] of at(x, 16).entries()) expect(Math.abs(value - (colour[channel] ?? 0))).toBeLessThanOrEqual(2);
    }
  });

  it('reads a path, and names it in messages', async () => {
    const path = join(folder, 'photo.png');
    writeFileSync(path, await row(3, [1, 2, 3]).png().toBuffer());
    expect(await readImage(path)).toEqual({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3) });
    await fails(readImage(join(folder, 'phto.png')), 'not-found', /there is no such file; near it there is '.*photo\.png'/);
    await fails(readImage(folder), 'not-found', 'that is a folder');
  });

  it.each<[string, () => Sharp, number[]]>([
    ['grey as three equal channels', () => row(1, [10, 200]).toColourspace('b-w').png(), [10, 10, 10, 200, 200, 200]],
    ['grey with alpha on white', () => row(2, [10, 255, 200, 0]).png(), [10, 10, 10, 255, 255, 255]],
    // 128/255 · (200, 100, 0) + 127/255 · 255 = (227.4, 177.2, 127).
    ['alpha on white', () => row(4, [10, 20, 30, 255, 200, 100, 0, 128]).png(), [10, 20, 30, 227, 177, 127]],
    // 16 bits are 257 times 8 bits.
    ['16 bits scaled to 8', () => row16(3, [0, 2570, 65535, 32896, 257, 51400]).toColourspace('rgb16').png(), [0, 10, 255, 128, 1, 200]],
    ['16 bits of grey', () => row16(1, [2570, 51400]).toColourspace('grey16').png(), [10, 10, 10, 200, 200, 200]],
    [
      '16 bits with alpha',
      () => row16(4, [2570, 5140, 7710, 65535, 65535, 0, 0, 0]).toColourspace('rgb16').png(),
      [10, 20, 30, 255, 255, 255],
    ],
  ])('reads %s', async (_, picture, expected) => {
    const got = pixels(await readImage(await picture().toBuffer()));
    expect(got.map((value, index) => Math.abs(value - (expected[index] ?? -9)) <= 1)).toEqual(expected.map(() => true));
  });

  it('converts colours by their profile', async () => {
    const file = await row(3, [0, 255, 0]).withIccProfile('p3').png().toBuffer();
    // sRGB's green is (117, 251, 76) in Display P3, and is stored so.
    const stored = await sharp(file).keepIccProfile().raw().toBuffer();
    expect(stored[0]).toBeGreaterThan(100);
    // 4: it went through 8 bits twice.
    for (const [channel, value] of pixels(await readImage(file)).entries())
      expect(Math.abs(value - (channel === 1 ? 255 : 0))).toBeLessThanOrEqual(4);
  });

  it('reads CMYK as sRGB, not inverted', async () => {
    for (const picture of [row(3, [255, 0, 0]).toColourspace('cmyk'), row(3, [255, 0, 0]).withIccProfile('cmyk')]) {
      const [red = 0, green = 255, blue = 255] = pixels(await readImage(await picture.jpeg({ quality: 100 }).toBuffer()));
      // Pure red lies outside of what inks can print: it comes back paler, but as red.
      expect(red).toBeGreaterThan(200);
      expect(Math.max(green, blue)).toBeLessThan(60);
    }
  });

  // Stored: red, blue. What EXIF (2.32, 4.6.5) makes of a row: 1 as it is, 2 mirrored, 3 turned by 180°, 4 upside down, 5 … 8 a column.
  it.each([
    [1, 2, 'red first'],
    [2, 2, 'blue first'],
    [3, 2, 'blue first'],
    [4, 2, 'red first'],
    [5, 1, 'red first'],
    [6, 1, 'red first'],
    [7, 1, 'blue first'],
    [8, 1, 'blue first'],
  ])('turns a picture with EXIF orientation %i upright', async (orientation, width, first) => {
    const image = await readImage(await row(3, [255, 0, 0, 0, 0, 255]).withMetadata({ orientation }).png().toBuffer());
    expect(image.width).toBe(width);
    expect(pixels(image)).toEqual(first === 'red first' ? [255, 0, 0, 0, 0, 255] : [0, 0, 255, 255, 0, 0]);
  });

  it('takes the first frame of an animation', async () => {
    const frames = sharp(Uint8Array.from([255, 0, 0, 0, 0, 255]), { raw: { width: 1, height: 2, channels: 3, pageHeight: 1 } });
    expect(await readImage(await frames.gif().toBuffer())).toEqual({ width: 1, height: 1, data: Uint8Array.of(255, 0, 0) });
  });

  it.each(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const)('refuses a truncated %s rather than filling it up', async (format) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * 7919 + ((index * index) % 251)) % 256);
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    for (const share of [0.95, 0.5, 0.1]) {
      await fails(readImage(whole.subarray(0, Math.floor(whole.length * share)), 'cut'), 'invalid-image', "'cut'");
    }
  });

  it.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(0), "but 'x' is empty"],
    ['text', Buffer.from('hello'), "but 'x' is none of these"],
    ['a PDF', Buffer.from('%PDF-1.4 rest'), 'is none of these'],
    ['HTML', Buffer.from('<!doctype html><p>404'), "SVG 'x' cannot be drawn"],
    ['a compressed SVG', gzipSync('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'uncompress it first'],
  ])('refuses %s', (_, bytes, words) => fails(readImage(bytes, 'x'), 'invalid-image', words));

  it('refuses a picture beyond the limit of pixels before it decodes anything', () =>
    fails(readImage(pngHeader(50_000, 50_000), 'x'), 'limit', "at most 150000000 pixels, but 'x' has 50000 × 50000"));

  const photos = new URL('../../../../../shared/images/', import.meta.url);
  it.skipIf(!existsSync(photos))('reads real photographs (skipped where ../shared is absent)', async () => {
    const { readdirSync } = await import('node:fs');
    const names = readdirSync(photos).filter((name) => /\.(jpe?g|png)$/.test(name));
    for (const name of names.slice(0, 8)) {
      const image = await readImage(new URL(name, photos).pathname);
      expect(image.data.length).toBe(3 * image.width * image.height);
    }
    expect(names.length).toBeGreaterThan(0);
  });
});

describe('an SVG', () => {
  const svg = (attributes: string, content: string) =>
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${content}</svg>`);

  it.each([
    ['width="24" height="12"', 512, 256],
    ['viewBox="0 0 10 20"', 256, 512],
    ['width="1000" height="500"', 1000, 500],
    ['width="50000" height="50000"', 2048, 2048],
  ])('with %s is drawn large enough to look at', async (attributes, width, height) => {
    const image = await readImage(svg(attributes, '<rect width="100%" height="100%" fill="#0000ff"/>'));
    expect(Math.abs(image.width - width)).toBeLessThanOrEqual(1);
    expect(Math.abs(image.height - height)).toBeLessThanOrEqual(1);
    expect(pixels(image).slice(0, 3)).toEqual([0, 0, 255]);
  });

  it('is drawn on white', async () => {
    expect(pixels(await readImage(svg('width="9" height="9"', ''))).every((value) => value === 255)).toBe(true);
  });

  it('shows no other files', async () => {
    writeFileSync(join(folder, 'secret.png'), await row(3, [0, 0, 0]).png().toBuffer());
    const path = join(folder, 'drawing.svg');
    const images = ['secret.png', join(folder, 'secret.png'), `file://${join(folder, 'secret.png')}`].map(
      (href) => `<image href="${href}" width="9" height="9"/>`,
    );
    writeFileSync(path, svg('width="9" height="9"', images.join('')));
    expect(pixels(await readImage(path)).every((value) => value === 255)).toBe(true);
  });

  it('with external or multiplying entities is refused', async () => {
    const document = (entities: string) =>
      Buffer.from(`<!DOCTYPE svg [${entities}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&e;</text></svg>`);
    await fails(readImage(document('<!ENTITY e SYSTEM "file:///etc/hostname">'), 'x'), 'invalid-image', "'x' cannot be drawn");
    const laughs = Array.from({ length: 10 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`);
    await fails(readImage(document(`<!ENTITY e0 "ha">${laughs.join('')}<!ENTITY e "&e10;">`), 'x'), 'invalid-image', "'x' cannot be drawn");
  });

  it('that would take days to draw is stopped', async () => {
    // 200 times 1.6 s on the machine this was written on.
    const filters = '<feMorphology radius="20"/>'.repeat(200);
    const bomb = svg('width="512" height="512"', `<filter id="f">${filters}</filter><rect width="512" height="512" filter="url(#f)"/>`);
    await fails(drawSvg(bomb, 'x', 1), 'limit', "Drawing the SVG 'x' took more than 1 seconds");
  });
});

describe('encodeImage', () => {
  const image: RgbImage = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 255) };

  it('writes PNG without loss', async () => {
    expect(await readImage(await encodePng(image))).toEqual(image);
  });

  it.each([
    ['.png', 'png'],
    ['.jpg', 'jpeg'],
    ['.jpeg', 'jpeg'],
    ['.webp', 'webp'],
    ['.PNG', 'png'],
  ])('writes %s', async (extension, format) => {
    expect((await sharp(await encodeImage(image, extension)).metadata()).format).toBe(format);
  });

  it.each(['.png', '.jpg'])('writes the same %s where it must be quick, a little larger', async (extension) => {
    const waves = Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => 128 + 100 * Math.sin(i / 50));
    const picture: RgbImage = { width: 64, height: 64, data: waves };
    const [usual, quick] = await Promise.all([encodeImage(picture, extension), encodeImage(picture, extension, { quick: true })]);
    // Only the coding differs: what it codes is the same, so the pixels are, too.
    expect(await readImage(quick)).toEqual(await readImage(usual));
    expect(quick.length).toBeGreaterThan(usual.length);
  });

  it('tells before any work which extensions there are', () => {
    expect(imageExtension('out/a.b.PNG')).toBe('.png');
    for (const path of ['a.bmp', 'a', '.png', 'a.constructor']) {
      expect(() => imageExtension(path)).toThrow(
        expect.objectContaining({ code: 'not-writable', message: expect.stringContaining('.png, .jpg, .jpeg, .webp') }),
      );
    }
  });
});

describe('renderFigure', () => {
  it('puts panels on the sheet, and the drawing over them', async () => {
    const figure = {
      width: 4,
      height: 2,
      background: '#ffffff',
      panels: [
        { x: 0, y: 0, image: { width: 1, height: 2, data: Uint8Array.of(255, 0, 0, 255, 0, 0) } },
        { x: 2, y: 1, image: { width: 1, height: 1, data: Uint8Array.of(0, 255, 0) } },
      ],
      svg: '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect x="0" y="1" width="1" height="1" fill="#00f"/></svg>',
    };
    const white = [255, 255, 255];
    const image = await readImage(await renderFigure(figure));
    expect(image).toMatchObject({ width: 4, height: 2 });
    expect(pixels(image)).toEqual([[255, 0, 0], white, white, white, [0, 0, 255], white, [0, 255, 0], white].flat());
    expect((await sharp(await renderFigure(figure, '.jpg')).metadata()).format).toBe('jpeg');
  });
});

/** A PNG that claims a size and has no pixels (PNG specification, 11.2.2). */
function pngHeader(width: number, height: number): Uint8Array {
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32BE(content.length, 0);
    sizes.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([sizes.subarray(0, 4), body, sizes.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', Buffer.alloc(0)), chunk('IEND', Buffer.alloc(0))]);
}
