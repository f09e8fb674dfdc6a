/** Named limits on what comes from outside. A model beyond them is refused in words. */

/** Protocol buffers, and so ONNX files, end at 2 GiB; larger models keep their weights in files beside them. */
export const MAX_MODEL_BYTES = 2 ** 31 - 1;

/** The largest real vision models have some ten thousand nodes; beyond this the file is an attack or a mistake. */
export const MAX_NODES = 1_000_000;

/** Subgraphs (If, Loop) inside of subgraphs: real models have 2 or 3 levels. */
export const MAX_SUBGRAPH_DEPTH = 16;

/** Functions within functions; real models have 5 levels or so. */
export const MAX_INLINE_DEPTH = 32;

/** Nodes that the bodies of functions and branches come to: small ones that call each other twice can stand for billions. */
export const MAX_INLINED_NODES = 50_000;

/** Bytes of these bodies beyond the size of the file: 24 blocks of a transformer that are one function of 10 MB. */
export const MAX_INLINED_BYTES = 2 ** 28;

/** Constants that are decoded are shapes, axes, bounds: never weights. */
export const MAX_CONSTANT_ELEMENTS = 65_536;

/** ONNX has tensors of any rank; runtimes stop far below this. */
export const MAX_RANK = 64;

/** Before, operators broadcast by attributes (`Add` with `axis`), and rules would be wrong without a sign of it. Runtimes start here, too. */
export const OLDEST_OPSET = 7;

/** Entries of a list that is as long as a file says: positions of an axis, a matrix of interpolation. */
export const MAX_LISTED = 2 ** 22;

/** Kernel, stride and dilation of a window along one axis; a kernel that covers minutes of sound has some ten thousand. */
export const MAX_WINDOW = 2 ** 20;
