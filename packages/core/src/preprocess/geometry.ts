import type { Placement } from '../picture/image.js';
import type { Rectangle } from '../picture/resample.js';
import type { Preprocess } from './schema.js';

/** How a picture is brought to the network's input: resized to `width` × `height`, of which `window` is kept, at the input's top left corner. */
export interface Geometry {
  readonly width: number;
  readonly height: number;
  readonly window: Rectangle;
  /** Where the input lies on the picture. */
  readonly placement: Placement;
}

type Shape = { readonly width: number; readonly height: number };

/** The geometry of a picture under a description; torchvision's rounding for `crop`, YOLOX's for `letterbox`. */
export function geometryOf(picture: Shape, spec: Pick<Preprocess, 'size' | 'fit' | 'crop'>): Geometry {
  const [height, width] = spec.size;
  const input = { width, height };
  switch (spec.fit) {
    case 'fill':
      return kept(picture, input, input);
    case 'letterbox':
      return letterbox(picture, input);
    case 'crop': {
      const cover = { width: Math.round(width / spec.crop), height: Math.round(height / spec.crop) };
      return kept(picture, covering(picture, cover), input);
    }
  }
}

/** The smallest size in the picture's proportions that covers `target`: one side equals the target's, the other is cut to whole pixels. */
function covering(picture: Shape, target: Shape): Shape {
  if (target.width * picture.height >= target.height * picture.width) {
    const height = Math.trunc((target.width * picture.height) / picture.width);
    return { width: target.width, height: Math.max(target.height, height) };
  }
  return { width: Math.trunc((target.height * picture.width) / picture.height), height: target.height };
}

/** The centre of the resized picture. */
function kept(picture: Shape, resized: Shape, input: Shape): Geometry {
  const left = halfToEven((resized.width - input.width) / 2);
  const top = halfToEven((resized.height - input.height) / 2);
  const [scaleX, scaleY] = [picture.width / resized.width, picture.height / resized.height];
  const window = { left, top, width: input.width, height: input.height };
  return { ...resized, window, placement: { left: left * scaleX, top: top * scaleY, scaleX, scaleY } };
}

/** The largest size in the picture's proportions that fits inside the input. */
function letterbox(picture: Shape, input: Shape): Geometry {
  const byWidth = input.width * picture.height <= input.height * picture.width;
  const width = byWidth ? input.width : Math.max(1, Math.trunc((input.height * picture.width) / picture.height));
  const height = byWidth ? Math.max(1, Math.trunc((input.width * picture.height) / picture.width)) : input.height;
  return kept(picture, { width, height }, { width, height });
}

/** Rounds as Python's `round` does, which torchvision centres crops with. */
function halfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
