import { GradcamError } from '../errors.js';
import type { Heatmap } from '../picture/image.js';

/** How the numbers of a picture lie in the network's input. */
export interface Frame {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly layout: 'NCHW' | 'NHWC';
}

/** Distance from one pixel to the next, and from one channel to the next. */
export function stridesOf({ channels, height, width, layout }: Frame): { readonly pixel: number; readonly channel: number } {
  return layout === 'NCHW' ? { pixel: 1, channel: height * width } : { pixel: channels, channel: 1 };
}

/** x ⊙ h: every channel of each pixel times the map there. */
export function multiplyBy({ data }: Heatmap, frame: Frame, into: Float32Array): void {
  const { pixel, channel } = stridesOf(frame);
  for (let c = 0; c < frame.channels; c++)
    for (let p = 0; p < data.length; p++) {
      const at = c * channel + p * pixel;
      into[at] = (into[at] as number) * (data[p] as number);
    }
}

/** Takes some pixels of one picture over into another. */
export function replacePixels(pixels: Uint32Array, from: Float32Array, frame: Frame, into: Float32Array): void {
  const { pixel, channel } = stridesOf(frame);
  for (let c = 0; c < frame.channels; c++)
    for (const p of pixels) {
      const at = c * channel + p * pixel;
      into[at] = from[at] as number;
    }
}

/** A picture of one colour. @throws GradcamError `invalid-tensor` where the colour has neither one number nor one for each channel */
export function plain(color: readonly number[], frame: Frame): Float32Array {
  const { channels, height, width } = frame;
  if (color.length !== 1 && color.length !== channels)
    throw new GradcamError(
      'invalid-tensor',
      `expected grey as one number, or one for each of ${channels} channels, but got ${color.length}`,
    );
  const { pixel, channel } = stridesOf(frame);
  const data = new Float32Array(channels * height * width);
  for (let c = 0; c < channels; c++) for (let p = 0; p < height * width; p++) data[c * channel + p * pixel] = color[c] ?? color[0] ?? 0;
  return data;
}

/** The channels of a picture one after the other, in float64. */
export function planesOf(picture: Float32Array, frame: Frame): Float64Array[] {
  const { pixel, channel } = stridesOf(frame);
  const size = frame.height * frame.width;
  return Array.from({ length: frame.channels }, (_, c) =>
    Float64Array.from({ length: size }, (_, p) => picture[c * channel + p * pixel] ?? 0),
  );
}
