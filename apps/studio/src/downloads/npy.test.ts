import { parseNpy } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { npy } from './npy.js';

describe('a map as .npy', () => {
  it('is read back as it was', () => {
    const data = Float32Array.of(1, -2.5, 0, 3e-8, 1e30, -0.1);
    const read = parseNpy(npy({ width: 3, height: 2, data }), 'map.npy');
    expect(read).toEqual({ type: 'float32', dims: [2, 3], data });
  });

  it('begins its numbers at a multiple of 64 bytes', () => {
    expect(npy({ width: 1, height: 1, data: Float32Array.of(1) }).length % 64).toBe(4);
  });
});
