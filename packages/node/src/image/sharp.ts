import { GradcamError } from '@gradcam/core';

/**
 * sharp, loaded when the first picture is read or written: that takes a tenth of a second, and where its native library
 * is missing, everything that needs no pictures still works.
 *
 * @throws GradcamError `runtime`
 */
export async function loadSharp(): Promise<typeof import('sharp').default> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new GradcamError(
      'runtime',
      `sharp, which reads and writes pictures, could not be loaded on ${process.platform} ${process.arch}; install it with \`npm install --include=optional sharp\`.`,
      { cause: error },
    );
  }
}

/**
 * Many pictures at once instead of many threads for one: what suits a run over many. Nothing is cached between pictures, which would never be asked for
 * again.
 */
export async function decodeOneByOne(): Promise<void> {
  const sharp = await loadSharp();
  sharp.concurrency(1);
  sharp.cache(false);
}
