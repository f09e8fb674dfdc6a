/** Limits on what comes from outside: those of `@gradcam/node`, as far as browsers do not set lower ones themselves. */

/** Bytes of an image file; a lossless 16-bit photograph of 40 megapixels has some 240 MB. */
export const MAX_IMAGE_BYTES = 2 ** 28;

/** Pixels of an image, 4 bytes each while it is read; the largest cameras have 150 million. */
export const MAX_IMAGE_PIXELS = 150_000_000;

/** Bytes of a model: a ProtoBuf message cannot be longer. */
export const MAX_MODEL_BYTES = 2 ** 31 - 1;
