import { batch, signal } from '@preact/signals';
import { show } from '../engine/client.js';
import { problemOf } from '../engine/words.js';
import { picture, setProblem } from '../state/store.js';
import { change } from '../state/view.js';
import { choicesForPicture } from '../state/wanted.js';
import type { Example } from './examples.js';

/** Longer side of what is drawn: more than any screen shows of it. */
const MAX_DRAWN = 2048;
/** Side to which a drawing (SVG) is rasterised: its longer one. */
const DRAWING_SIDE = 1024;

/** The last picture of the user's own, to come back to. */
export const own = signal<{ readonly key: string; readonly name: string; readonly file: Blob; readonly url: string } | undefined>(
  undefined,
);

let pictures = 0;

/** A number for the next picture: from now on the ones before are not shown any more. */
export function nextId(): number {
  return ++pictures;
}

/** Shows a bundled picture. */
export async function showExample({ key, title, url }: Example): Promise<void> {
  await shown(key, title, () => drawing(url));
}

/** Shows a bundled picture for the view as it is: what the page begins with. */
export async function showFirst({ key, title, url }: Example): Promise<void> {
  await shown(
    key,
    title,
    () => drawing(url),
    () => ({}),
  );
}

/** Shows a file that was dropped, pasted or picked. */
export async function showFile(file: Blob, name: string): Promise<void> {
  const key = `file:${name}`;
  const read =
    file.type === 'image/svg+xml' ? () => drawingOf(file) : async () => ({ bitmap: await createImageBitmap(file), source: file });
  if (!(await shown(key, name, read)) || own.peek()?.file === file) return;
  const before = own.peek();
  own.value = { key, name, file, url: URL.createObjectURL(file) };
  if (before !== undefined) URL.revokeObjectURL(before.url);
}

interface Read {
  readonly bitmap: ImageBitmap;
  /** What the engine reads. */
  readonly source: ImageBitmap | Blob;
}

/** Shows a picture as soon as it is read. @returns whether it is the one that is shown */
async function shown(key: string, name: string, read: () => Promise<Read>, choose = () => choicesForPicture(key)): Promise<boolean> {
  const id = nextId();
  try {
    const { bitmap, source } = await read();
    if (id !== pictures) return false;
    const { width, height } = bitmap;
    const drawn = await smaller(bitmap);
    const handed = show(id, source);
    batch(() => {
      change(choose());
      picture.value = { id, key, name, width, height, bitmap: drawn, live: false };
    });
    setProblem('picture', undefined);
    await handed;
    return true;
  } catch (error) {
    const { code, message } = problemOf(error);
    // The browser's own words for a file that it cannot decode say nothing.
    const words = code === '' ? `‘${name}’ could not be read as a picture. Choose a JPEG, PNG, WebP, AVIF, GIF or SVG file.` : message;
    if (id === pictures) setProblem('picture', { code: 'invalid-image', message: words });
    return false;
  }
}

async function smaller(bitmap: ImageBitmap): Promise<ImageBitmap> {
  const factor = MAX_DRAWN / Math.max(bitmap.width, bitmap.height);
  if (factor >= 1) return bitmap;
  return createImageBitmap(bitmap, { resizeWidth: Math.round(bitmap.width * factor), resizeQuality: 'high' });
}

async function drawingOf(file: Blob): Promise<Read> {
  const url = URL.createObjectURL(file);
  try {
    return await drawing(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Rasterises a drawing, which only an element of the page can. */
async function drawing(url: string): Promise<Read> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const factor = DRAWING_SIDE / Math.max(width, height, 1);
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor)));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const bitmap = canvas.transferToImageBitmap();
  return { bitmap, source: await createImageBitmap(bitmap) };
}
