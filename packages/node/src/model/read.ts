import { GradcamError } from '@gradcam/core';
import { readBytes } from '../files/read.js';
import { MAX_MODEL_BYTES } from '../limits.js';

/** Free bytes behind a model's own in its buffer; what an explanation appends to a network is some kilobytes. */
export const MODEL_SPARE_BYTES = 2 ** 20;

/** A model's bytes, and the same memory with {@link MODEL_SPARE_BYTES} behind them. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  /** Give it to `openExplainer` as `room`: nodes are then appended without a second copy of the weights. One explainer at a time. */
  readonly room: Uint8Array;
}

/**
 * Reads an .onnx file, with spare room behind its bytes.
 *
 * @throws GradcamError `not-found`, `limit`, or `invalid-model` for files that are clearly something else
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const bytes = await readBytes(path, {
    what: 'an ONNX model',
    limit: MAX_MODEL_BYTES,
    advice: 'save it with its weights as external data, which keeps the model itself small',
    spare: MODEL_SPARE_BYTES,
  });
  if (bytes.length === 0)
    throw new GradcamError('invalid-model', `Expected an ONNX model at '${path}', but the file is empty; get it again.`);
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 64));
  if (start.startsWith('version https://git-lfs.github.com/')) {
    throw new GradcamError(
      'invalid-model',
      `Expected an ONNX model at '${path}', but that is Git LFS's pointer to one; run \`git lfs pull\`.`,
    );
  }
  if (/^\s*[<{]/.test(start)) {
    throw new GradcamError(
      'invalid-model',
      `Expected an ONNX model at '${path}', but that is text (${start.trim().slice(0, 15)}…), perhaps a web page; get it again.`,
    );
  }
  return { bytes, room: new Uint8Array(bytes.buffer) };
}
