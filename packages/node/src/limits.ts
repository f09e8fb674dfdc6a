/** Limits on what comes from outside. Each is far above what real uses need, and low enough that a hostile file cannot exhaust a machine. */

/** Bytes of an image file; a lossless 16-bit photograph of 40 megapixels has some 240 MB. */
export const MAX_IMAGE_BYTES = 2 ** 28;

/** Pixels of an image, 3 bytes each in memory; the largest cameras have 150 million. */
export const MAX_IMAGE_PIXELS = 150_000_000;

/** Bytes of an SVG file, which costs many times its size to parse. */
export const MAX_SVG_BYTES = 2 ** 23;

/** Seconds that drawing an SVG may take: its filters can be stacked to take days. */
export const MAX_SVG_SECONDS = 10;

/** Bytes of a model: a ProtoBuf message cannot be longer. */
export const MAX_MODEL_BYTES = 2 ** 31 - 1;

/** Bytes of all files of weights beside a model together. */
export const MAX_EXTERNAL_DATA_BYTES = 2 ** 32;

/** Files of weights beside one model; exporters write one, or one a tensor. */
export const MAX_EXTERNAL_DATA_FILES = 10_000;

/** Bytes of a configuration beside a model; with the labels of ImageNet-21k it has 2 MB. */
export const MAX_CONFIG_BYTES = 2 ** 23;

/** Bytes of a tensor in a .npy file. */
export const MAX_TENSOR_BYTES = 2 ** 31 - 1;

/** Bytes of the header of a .npy file, as NumPy itself limits it by default. */
export const MAX_NPY_HEADER_BYTES = 10_000;

/** Dimensions of a tensor, as NumPy limits them (before 2.0: 32). */
export const MAX_TENSOR_RANK = 32;

/** Names in a folder among which a suggestion for a missing file is looked for. */
export const MAX_SUGGESTION_CANDIDATES = 10_000;
