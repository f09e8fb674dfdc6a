import type { RgbImage, Runtime } from '@gradcam/core';
import { OrtSession, ortOptions } from '@gradcam/ort';
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';

// Until @gradcam/web is there.
export async function webRuntime(): Promise<Runtime> {
  ort.env.logLevel = 'fatal';
  ort.env.wasm.wasmPaths = { mjs: new URL(mjs, self.location.href).href, wasm: new URL(wasm, self.location.href).href };
  ort.env.wasm.numThreads = self.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
  return {
    name: 'onnxruntime-web',
    open: async (model, options = {}) =>
      OrtSession.adopt(await ort.InferenceSession.create(model, ortOptions('wasm', options)), ort.Tensor),
  };
}

export async function readPicture(source: ImageBitmap | Blob): Promise<RgbImage> {
  const bitmap = source instanceof Blob ? await createImageBitmap(source) : source;
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, bitmap.width, bitmap.height);
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  const data = new Uint8Array(3 * bitmap.width * bitmap.height);
  for (let i = 0, j = 0; i < rgba.length; i += 4, j += 3) for (let c = 0; c < 3; c++) data[j + c] = rgba[i + c] ?? 0;
  return { width: bitmap.width, height: bitmap.height, data };
}
