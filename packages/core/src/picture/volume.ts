/** Maps of a layer's channels, channel after channel, each row-major: `data.length === channels * height * width`. */
export interface Volume {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}
