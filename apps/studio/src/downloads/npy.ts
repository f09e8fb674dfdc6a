import type { Heatmap } from '@gradcam/core';

/** NumPy aligns the elements to this many bytes. */
const ALIGNMENT = 64;
/** The magic string, version 1.0, and the length of the text that follows. */
const PREFIX = 10;

/** A map as the bytes of a .npy file (version 1.0), float32 [height, width], as `numpy.load` reads it. */
export function npy({ width, height, data }: Heatmap): Uint8Array<ArrayBuffer> {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${height}, ${width}), }`;
  const start = Math.ceil((PREFIX + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + 4 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...ascii('NUMPY'), 1, 0]);
  view.setUint16(PREFIX - 2, start - PREFIX, true);
  bytes.set(ascii(`${dictionary.padEnd(start - PREFIX - 1)}\n`), PREFIX);
  data.forEach((value, i) => {
    view.setFloat32(start + 4 * i, value, true);
  });
  return bytes;
}

function ascii(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
