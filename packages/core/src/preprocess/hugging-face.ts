import { channelField, type Fields, fieldsOf, flagField, isSide, numberField, SIDE, type Size, unexpected, wrong } from './fields.js';
import { MIN_CROP } from './limits.js';
import type { Preprocess } from './schema.js';

/** From this size on, ConvNeXt's image processor stretches instead of cropping. */
const CONVNEXT_STRETCH_FROM = 384;

/**
 * Reads a `preprocessor_config.json` as Hugging Face's transformers writes it for an image model. Keys that do not change
 * the pixels are passed over. What these files leave out is what transformers' image processors do: rescaling by 1/255.
 * @param fallbackSize the model's own input size, for files that give none
 * @throws GradcamError `invalid-preprocess`
 */
export function parseHuggingFacePreprocess(json: unknown, origin: string, fallbackSize?: Size): Preprocess {
  const fields = withoutNulls(fieldsOf(json, origin));
  const rescale = flagField(fields, 'do_rescale', true);
  const normalize = flagField(fields, 'do_normalize', fields.values.has('image_mean'));
  const missing = ['image_mean', 'image_std'].find((key) => !fields.values.has(key));
  if (normalize && missing) throw wrong(fields, missing, 'given, since do_normalize is true');
  const scale = numberField(fields, 'rescale_factor', 1 / 255, 'a number other than 0', (value) => value !== 0);
  const mean = normalize ? channelField(fields, 'image_mean', 0, () => true, 'a number') : [0, 0, 0];
  const std = normalize ? channelField(fields, 'image_std', 1, (value) => value !== 0, 'a number other than 0') : [1, 1, 1];
  // Two habits of EfficientNet's processor: 1 is subtracted after rescaling, and classifiers are divided by the deviation twice.
  const offset = rescale && flagField(fields, 'rescale_offset', false) ? 1 : 0;
  const power = normalize && flagField(fields, 'include_top', false) ? 2 : 1;
  return {
    ...geometry(fields, fallbackSize),
    interpolation: resampling(fields),
    pad: 114,
    // MobileViT's processors reverse the channels.
    channels: flagField(fields, 'do_flip_channel_order', false) ? 'BGR' : 'RGB',
    layout: 'NCHW',
    scale: rescale ? scale : 1,
    mean: mean.map((value) => value + offset),
    std: std.map((value) => value ** power),
  };
}

/** transformers writes `null` for what it does not use. */
function withoutNulls({ origin, values }: Fields): Fields {
  return { origin, values: new Map([...values].filter(([, value]) => value !== null)) };
}

/** Pillow's numbers of its filters. */
function resampling(fields: Fields): Preprocess['interpolation'] {
  const value = fields.values.get('resample') ?? 2;
  if (value === 2) return 'bilinear';
  if (value === 3) return 'bicubic';
  throw wrong(fields, 'resample', '2 (bilinear) or 3 (bicubic); describe the preprocessing in a file of your own');
}

type Geometry = Pick<Preprocess, 'size' | 'fit' | 'crop'>;

function geometry(fields: Fields, fallback: Size | undefined): Geometry {
  const resize = flagField(fields, 'do_resize', true) ? resizeOf(fields) : undefined;
  const centreCrop = flagField(fields, 'do_center_crop', fields.values.has('crop_size'));
  const cropSize = centreCrop ? cropSizeOf(fields, fallback) : undefined;
  const ratio = fields.values.has('crop_pct') ? cropRatio(fields) : undefined;

  if (ratio !== undefined && resize?.shortest !== undefined) return convnext(resize.shortest, ratio);
  if (cropSize) {
    if (resize === undefined) return { size: cropSize, fit: 'crop', crop: 1 };
    // Where both sides are given (DeiT: 256 × 256, then 224), transformers stretches before it crops. The networks were trained on
    // pictures in their own proportions, which is what is done here.
    const resized = resize.shortest ?? Math.min(...resize.exact);
    return cropped(cropSize, Math.min(...cropSize) / resized, fields);
  }
  if (resize?.exact) return { size: resize.exact, fit: 'fill', crop: 1 };
  if (resize && !resize.proportional) return { size: [resize.shortest, resize.shortest], fit: 'fill', crop: 1 };
  const size = fallback ?? (resize && ([resize.shortest, resize.shortest] as const));
  if (size) return { size, fit: 'crop', crop: 1 };
  throw unexpected(fields.origin, '"size" or "crop_size", as the model has no fixed input size', undefined);
}

/** crop_pct shrinks the crop, not the size: the shorter side becomes ⌊size / crop_pct⌋. */
function convnext(size: number, ratio: number): Geometry {
  if (size >= CONVNEXT_STRETCH_FROM) return { size: [size, size], fit: 'fill', crop: 1 };
  return { size: [size, size], fit: 'crop', crop: size / Math.trunc(size / ratio) };
}

function cropped(size: Size, crop: number, fields: Fields): Geometry {
  // A crop larger than the picture pads it with black in transformers; no published recipe does that.
  if (crop >= MIN_CROP && crop <= 1) return { size, fit: 'crop', crop };
  throw wrong(fields, 'crop_size', 'at most "size", and at least a twentieth of it');
}

function cropSizeOf(fields: Fields, fallback: Size | undefined): Size {
  return fallback && !fields.values.has('crop_size') ? fallback : sidesOf(fields, 'crop_size');
}

function cropRatio(fields: Fields): number {
  return numberField(fields, 'crop_pct', 1, `a number from ${MIN_CROP} to 1`, (value) => value >= MIN_CROP && value <= 1);
}

type Resize =
  | { readonly shortest: number; readonly exact?: undefined; readonly proportional: boolean }
  | { readonly exact: Size; readonly shortest?: undefined };

/** `size`: {shortest_edge}, {height, width}, or one number, which is the shorter side before a crop and both sides without one. */
function resizeOf(fields: Fields): Resize | undefined {
  const value = fields.values.get('size');
  if (value === undefined) return undefined;
  if (isSide(value)) return { shortest: value, proportional: false };
  const sides = typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map<string, unknown>();
  const shortest = sides.get('shortest_edge');
  // LeViT's processor widens the shorter side to leave a margin for its crop.
  if (isSide(shortest)) return { shortest: isLevit(fields) ? Math.trunc((256 / 224) * shortest) : shortest, proportional: true };
  return { exact: sidesOf(fields, 'size') };
}

function isLevit({ values }: Fields): boolean {
  const type = values.get('image_processor_type') ?? values.get('feature_extractor_type');
  return typeof type === 'string' && type.startsWith('Levit');
}

/** A number for both sides, or {height, width}. */
function sidesOf(fields: Fields, key: string): Size {
  const value = fields.values.get(key);
  if (isSide(value)) return [value, value];
  if (typeof value === 'object' && value !== null && 'height' in value && 'width' in value) {
    const { height, width } = value;
    if (isSide(height) && isSide(width)) return [height, width];
  }
  throw wrong(fields, key, `a side or {"height", "width"}, each ${SIDE}`);
}
