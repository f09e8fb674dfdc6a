import { isSide, SIDE, type Size, unexpected } from './fields.js';
import type { Preprocess } from './schema.js';

/** Recipes that many networks share, by name. */
export type PresetName = 'imagenet' | 'inception' | 'caffe' | 'unit' | 'raw' | 'yolox' | 'yolo' | 'nanodet';

type Recipe = Omit<Preprocess, 'size' | 'layout'>;

/** The centre crop of torchvision, Keras and Caffe: 224 of 256. */
const centreCrop = { fit: 'crop', crop: 0.875, interpolation: 'bilinear', pad: 114, channels: 'RGB' } as const;

/** Nothing is known of how such a network was trained but its range of values; the whole picture is shown to it. */
const whole = { ...centreCrop, fit: 'fill' } as const;

/** The whole picture with grey bars where its shape is another than the input's. */
const letterbox = { ...centreCrop, fit: 'letterbox' } as const;

const none = { mean: [0, 0, 0], std: [1, 1, 1] } as const;

/**
 * - `imagenet`: 0..1, then the mean and standard deviation of ImageNet (torchvision, timm, most networks)
 * - `inception`: −1..1 (TensorFlow's Inception, MobileNet and their kin)
 * - `caffe`: BGR in 0..255 minus the mean of ImageNet (VGG and ResNet as first published, and Keras' copies)
 * - `unit`: 0..1; `raw`: 0..255; both stretch the whole picture to the input
 * - of detectors: `yolox`: BGR in 0..255, letterboxed; `yolo` (Ultralytics): 0..1, letterboxed; `nanodet`: BGR less its mean, stretched
 */
const recipes: Readonly<Record<PresetName, Recipe>> = {
  imagenet: { ...centreCrop, scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  inception: { ...centreCrop, scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
  caffe: { ...centreCrop, channels: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] },
  unit: { ...whole, ...none, scale: 1 / 255 },
  raw: { ...whole, ...none, scale: 1 },
  yolox: { ...letterbox, ...none, channels: 'BGR', scale: 1 },
  yolo: { ...letterbox, ...none, scale: 1 / 255 },
  nanodet: { ...whole, channels: 'BGR', scale: 1, mean: [103.53, 116.28, 123.675], std: [57.375, 57.12, 58.395] },
};

/** The names of the presets. */
export const presetNames: readonly PresetName[] = Object.keys(recipes) as PresetName[];

/** Whether a string is the name of a preset (and not, say, that of a file). */
export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(recipes, name);
}

/**
 * A preset for a network's input.
 * @param size height and width of the input, default 224 × 224
 * @throws GradcamError `invalid-preprocess` for an unknown name, or a size out of range
 */
export function preset(name: string, size: Size = [224, 224], layout: Preprocess['layout'] = 'NCHW'): Preprocess {
  if (!isPresetName(name)) throw unexpected('preprocessing', `one of ${presetNames.join(', ')}`, name);
  if (!isSide(size[0]) || !isSide(size[1])) throw unexpected(`preset ${name}`, `[height, width], each ${SIDE}`, size);
  return { size, layout, ...recipes[name] };
}
