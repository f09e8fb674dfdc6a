import type { Placement, RgbImage } from '../picture/image.js';
import { luma } from '../picture/pixels.js';
import { resample } from '../picture/resample.js';
import type { Tensor } from '../runtime/runtime.js';
import { unexpected } from './fields.js';
import { geometryOf } from './geometry.js';
import type { Preprocess } from './schema.js';

export interface Preprocessed {
  /** float32, [1, C, H, W] or [1, H, W, C] by the layout. */
  readonly tensor: Tensor;
  /** Where the input lies on the picture: brings a heatmap back. */
  readonly placement: Placement;
}

/**
 * Makes a network's input of a picture: resized (to 8 bits, as Pillow does), cropped, stretched or padded, then
 * x = (pixel · scale − mean) / std in the order of the channels.
 * @param channelCount 3, or 1 for a network that reads brightness (ITU-R BT.601)
 * @throws GradcamError `invalid-image`; `invalid-preprocess` where the description does not suit the number of channels
 */
export function preprocess(image: RgbImage, spec: Preprocess, channelCount = 3): Preprocessed {
  const [height, width] = spec.size;
  const tables = valueTables(spec, channelCount);
  const { width: fullWidth, height: fullHeight, window, placement } = geometryOf(image, spec);
  const pixels = resample(image, fullWidth, fullHeight, spec.interpolation, window);

  const planar = spec.layout === 'NCHW';
  const [pixelStep, channelStep] = planar ? [1, width * height] : [channelCount, 1];
  const data = new Float32Array(channelCount * width * height);
  const levels = channelCount === 1 ? greyOf(pixels) : pixels.data;
  const isPadded = pixels.width < width || pixels.height < height;
  tables.forEach((values, channel) => {
    const begin = channel * channelStep;
    if (isPadded) {
      const padding = inputValue(spec, channel, spec.pad);
      for (let i = 0; i < width * height; i++) data[begin + i * pixelStep] = padding;
    }
    const source = spec.channels === 'BGR' && channelCount === 3 ? 2 - channel : channel;
    for (let y = 0; y < pixels.height; y++) {
      let from = y * pixels.width * channelCount + source;
      let to = begin + y * width * pixelStep;
      for (const end = to + pixels.width * pixelStep; to < end; to += pixelStep, from += channelCount)
        data[to] = values[levels[from] as number] as number;
    }
  });
  const dims = planar ? [1, channelCount, height, width] : [1, height, width, channelCount];
  return { tensor: { type: 'float32', dims, data }, placement };
}

/** The brightness of each pixel. */
function greyOf({ width, height, data }: RgbImage): Uint8Array {
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = luma(data, 3 * i);
  return grey;
}

/** The value of each of the 256 levels, a table a channel: a division per level instead of one per pixel. */
function valueTables(spec: Preprocess, channelCount: number): Float32Array[] {
  if (channelCount !== 1 && channelCount !== 3) {
    throw unexpected('preprocessing', 'a network that reads 1 or 3 channels', channelCount);
  }
  for (const [name, values] of [['mean', spec.mean] as const, ['std', spec.std] as const]) {
    // One number serves all channels; three serve one channel only if they say the same.
    const same = values.every((value) => value === values[0]);
    if (values.length === 0 || (values.length !== channelCount && !same)) {
      throw unexpected('preprocessing', `${name} to have a number for each of ${channelCount} channels`, values);
    }
  }
  return Array.from({ length: channelCount }, (_, channel) => {
    const table = Float32Array.from({ length: 256 }, (_, level) => inputValue(spec, channel, level));
    if (table.every(Number.isFinite)) return table;
    throw unexpected(
      'preprocessing',
      'scale, mean and std to give finite values',
      table.find((value) => !Number.isFinite(value)),
    );
  });
}

function inputValue({ scale, mean, std }: Preprocess, channel: number, level: number): number {
  const of = (values: readonly number[]) => values[channel] ?? values[0] ?? Number.NaN;
  return (level * scale - of(mean)) / of(std);
}
