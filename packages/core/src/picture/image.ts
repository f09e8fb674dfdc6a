/** A picture in memory: 8-bit RGB, row-major from the top left corner, `data.length === 3 * width * height`. Already upright and without alpha. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A map of numbers over a picture or a layer's grid, row-major, `data.length === width * height`. */
export interface Heatmap {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * Where the network's input lies on the picture, in continuous coordinates (pixel i covers [i, i + 1)):
 * x_picture = left + scaleX · x_input, y_picture = top + scaleY · y_input. What preprocessing cropped away lies outside of
 * the input's rectangle; the borders of a letterbox lie outside of the picture.
 */
export interface Placement {
  readonly left: number;
  readonly top: number;
  readonly scaleX: number;
  readonly scaleY: number;
}
