import { GradcamError, type RgbImage } from '@gradcam/core';
import type { PictureSource } from './read.js';
import { isSvg, svgImage } from './svg.js';

/** Something that a canvas draws, and the size of the picture in it. */
export interface Drawable {
  readonly source: CanvasImageSource;
  readonly width: number;
  readonly height: number;
  /** Gives back what was made for drawing; what the caller gave stays as it is. */
  release(): void;
}

/** A source as a canvas takes it. @throws GradcamError `invalid-image` */
export async function drawableOf(source: Exclude<PictureSource, RgbImage | ImageData>, name: string): Promise<Drawable> {
  if (source instanceof Blob) return (await isSvg(source)) ? svgImage(source, name) : decoded(source, name);
  if (isA('HTMLImageElement', source)) {
    await source.decode().catch((error: unknown) => {
      throw undecodable(name, error);
    });
    return borrowed(source, source.naturalWidth, source.naturalHeight);
  }
  if (isA('HTMLVideoElement', source)) {
    if (source.readyState < source.HAVE_CURRENT_DATA)
      throw new GradcamError(
        'invalid-image',
        `Expected a video that shows a frame, but '${name}' has none yet; wait for its event 'loadeddata'.`,
      );
    return borrowed(source, source.videoWidth, source.videoHeight);
  }
  if (isA('VideoFrame', source)) return borrowed(source, source.displayWidth, source.displayHeight);
  return borrowed(source, source.width, source.height);
}

function borrowed(source: CanvasImageSource, width: number, height: number): Drawable {
  return { source, width, height, release: () => undefined };
}

async function decoded(file: Blob, name: string): Promise<Drawable> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (error) {
    throw undecodable(name, error);
  }
  return { source: bitmap, width: bitmap.width, height: bitmap.height, release: () => bitmap.close() };
}

function undecodable(name: string, error: unknown): GradcamError {
  return new GradcamError(
    'invalid-image',
    `The picture '${name}' is damaged, cut short or of a format that this browser does not show; give a JPEG, PNG, WebP, AVIF, GIF or SVG.`,
    { cause: error },
  );
}

interface Kinds {
  HTMLImageElement: HTMLImageElement;
  HTMLVideoElement: HTMLVideoElement;
  VideoFrame: VideoFrame;
}

/** `instanceof` for classes that workers or older browsers do not have. */
export function isA<K extends keyof Kinds>(kind: K, source: object): source is Kinds[K] {
  const type: unknown = Reflect.get(globalThis, kind);
  return typeof type === 'function' && source instanceof type;
}
