import { GradcamError } from '@gradcam/core';
import { MAX_MODEL_BYTES } from '../limits.js';

/** Free bytes behind a model's own in its buffer; what an explanation appends to a network is some kilobytes. */
const SPARE_BYTES = 2 ** 20;

/** A model's bytes, and the same memory with free space behind them, where there is some. */
export interface ModelBytes {
  readonly bytes: Uint8Array;
  readonly room?: Uint8Array;
}

/** Told while a model is fetched. @param total undefined where the server does not say it */
export type DownloadProgress = (loaded: number, total: number | undefined) => void;

/**
 * The bytes of a model, with spare room behind them wherever they are read here.
 *
 * @param source bytes, a file, or an absolute address
 * @param name what messages call it
 * @throws GradcamError `network`, `limit`, or `invalid-model` for what is clearly something else
 */
export async function readModelBytes(
  source: Uint8Array | ArrayBuffer | Blob | string,
  name: string,
  progress: DownloadProgress = () => undefined,
): Promise<ModelBytes> {
  const model = await bytesOf(source, name, progress);
  if (model.bytes.length === 0) throw new GradcamError('invalid-model', `Expected an ONNX model, but '${name}' is empty; get it again.`);
  const start = new TextDecoder('latin1').decode(model.bytes.subarray(0, 64));
  if (/^(?:\s*[<{]|version https:\/\/git-lfs)/.test(start))
    throw new GradcamError(
      'invalid-model',
      `Expected an ONNX model, but '${name}' is text (${start.trim().slice(0, 15)}…), perhaps a web page or a pointer of Git LFS; check its address.`,
    );
  return model;
}

async function bytesOf(source: Uint8Array | ArrayBuffer | Blob | string, name: string, progress: DownloadProgress): Promise<ModelBytes> {
  if (source instanceof Uint8Array) return { bytes: source };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source) };
  if (source instanceof Blob) return gathered(source.stream(), source.size, name);
  try {
    const response = await fetch(source);
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    // What is compressed on its way has another length than what arrives.
    const length = response.headers.has('Content-Encoding') ? Number.NaN : Number(response.headers.get('Content-Length') ?? Number.NaN);
    return await gathered(response.body, length > 0 ? length : undefined, name, progress);
  } catch (error) {
    if (error instanceof GradcamError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new GradcamError(
      'network',
      `The model '${name}' could not be fetched from ${source} (${why}); check the address and the connection.`,
      { cause: error },
    );
  }
}

/** @param expected number of bytes, where it is known: memory is then taken once */
async function gathered(
  stream: ReadableStream<Uint8Array>,
  expected: number | undefined,
  name: string,
  progress?: DownloadProgress,
): Promise<ModelBytes> {
  checkLength(expected ?? 0, name);
  let room = new Uint8Array((expected ?? SPARE_BYTES) + SPARE_BYTES);
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    checkLength(length + value.length, name);
    if (length + value.length > room.length - SPARE_BYTES) {
      const larger = new Uint8Array(2 * (length + value.length) + SPARE_BYTES);
      larger.set(room.subarray(0, length));
      room = larger;
    }
    room.set(value, length);
    length += value.length;
    progress?.(length, expected);
  }
  return { bytes: room.subarray(0, length), room };
}

function checkLength(length: number, name: string): void {
  if (length <= MAX_MODEL_BYTES) return;
  throw new GradcamError(
    'limit',
    `Expected a model of at most ${MAX_MODEL_BYTES} bytes, but '${name}' has more; save it with its weights as external data.`,
  );
}
