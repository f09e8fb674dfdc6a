/**
 * How a picture becomes a network's input; one schema everywhere (option, metadata of a model, zoo).
 * x = (pixel · scale − mean) / std, pixel in 0..255, mean and std in channel order.
 */
export interface Preprocess {
  /** Height and width of the network's input. */
  readonly size: readonly [height: number, width: number];
  /** `crop`: shorter side to round(size / crop), then the centre; `fill`: stretched to the size; `letterbox`: fitted inside and padded at the right and bottom with `pad`. */
  readonly fit: 'crop' | 'fill' | 'letterbox';
  /** Share of the resized picture that the crop keeps along its shorter side; only for `crop`. */
  readonly crop: number;
  readonly interpolation: 'bilinear' | 'bicubic';
  /** Pixel value 0..255 of the letterbox' border. */
  readonly pad: number;
  readonly channels: 'RGB' | 'BGR';
  readonly layout: 'NCHW' | 'NHWC';
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}
