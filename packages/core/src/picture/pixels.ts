/** Brightness of the pixel whose three bytes start at `i`: ITU-R BT.601, in the 16-bit fixed point that Pillow's mode `L` rounds with. */
export function luma(data: Uint8Array, i: number): number {
  return (19595 * (data[i] as number) + 38470 * (data[i + 1] as number) + 7471 * (data[i + 2] as number) + 0x8000) >> 16;
}
