import { encodeImage } from '@gradcam/node';

/** Of the pictures that are sent through whole pipelines. */
export const [WIDTH, HEIGHT] = [500, 375];

/** Waves of all lengths, with some noise: a JPEG file of the size that photographs have. @param number another one for each */
export function photo(number: number): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, at) => {
    const [x, y, channel] = [Math.floor(at / 3) % WIDTH, Math.floor(at / 3 / WIDTH), at % 3];
    const waves = Math.sin(x / (7 + (number % 13)) + channel) + Math.sin((x + 2 * y) / (31 + number)) + Math.sin(y / (90 + 3 * number));
    return 128 + 36 * waves + 8 * Math.sin(at * 12.9898 + number);
  });
  return encodeImage({ width: WIDTH, height: HEIGHT, data }, '.jpg');
}
