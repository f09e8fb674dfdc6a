import { channelField, type Fields, fieldsOf, isSide, numberField, SIDE, type Size, unexpected, wordField, wrong } from './fields.js';
import { MIN_CROP } from './limits.js';
import type { Preprocess } from './schema.js';

/** What a model says of its input, used where a description says nothing. */
export interface PreprocessDefaults {
  readonly size?: Size;
  readonly layout?: Preprocess['layout'];
}

const KEYS: readonly string[] = ['size', 'fit', 'crop', 'interpolation', 'pad', 'channels', 'layout', 'scale', 'mean', 'std'];

/**
 * Reads a description of preprocessing in the schema of {@link Preprocess}. Only `size` has no default of its own: fit `crop`,
 * crop 0.875, `bilinear`, pad 114, `RGB`, `NCHW`, scale 1/255, mean 0, std 1. `size` may be one number for a square.
 * @param json parsed JSON, which may be anything
 * @param origin what it is, for messages, e.g. the name of a file
 * @throws GradcamError `invalid-preprocess` in one line: what was expected, what came, where
 */
export function parsePreprocess(json: unknown, origin: string, defaults: PreprocessDefaults = {}): Preprocess {
  const fields = fieldsOf(json, origin);
  for (const key of fields.values.keys()) {
    if (!KEYS.includes(key)) throw unexpected(origin, `no other keys than ${KEYS.join(', ')}`, key);
  }
  return {
    size: sizeField(fields, defaults.size),
    fit: wordField(fields, 'fit', 'crop', ['crop', 'fill', 'letterbox']),
    crop: numberField(fields, 'crop', 0.875, `a number from ${MIN_CROP} to 1`, (value) => value >= MIN_CROP && value <= 1),
    interpolation: wordField(fields, 'interpolation', 'bilinear', ['bilinear', 'bicubic']),
    pad: numberField(fields, 'pad', 114, 'a number from 0 to 255', (value) => value >= 0 && value <= 255),
    channels: wordField(fields, 'channels', 'RGB', ['RGB', 'BGR']),
    layout: wordField(fields, 'layout', defaults.layout ?? 'NCHW', ['NCHW', 'NHWC']),
    scale: numberField(fields, 'scale', 1 / 255, 'a number other than 0', (value) => value !== 0),
    mean: channelField(fields, 'mean', 0, () => true, 'a number'),
    std: channelField(fields, 'std', 1, (value) => value !== 0, 'a number other than 0'),
  };
}

function sizeField(fields: Fields, fallback: Size | undefined): Size {
  const value = fields.values.has('size') ? fields.values.get('size') : fallback;
  const [height, width, ...rest]: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  if (isSide(height) && isSide(width) && rest.length === 0) return [height, width];
  throw wrong(fields, 'size', `[height, width], each ${SIDE}`);
}
