import { GradcamError } from '@gradcam/core';
import { proxy, transfer, wrap } from 'comlink';
import type { DownloadProgress } from '../model/read.js';
import type { Assets } from '../runtime/assets.js';
import type { Engine } from './engine.js';
import { unwrap } from './errors.js';
import { WebExplainer } from './explainer.js';
import type { EngineOptions } from './protocol.js';
import { Thread } from './thread.js';

/** A model: its bytes, its file, or its address. */
export type ModelSource = Uint8Array | ArrayBuffer | Blob | URL | string;

/** Options of {@link openExplainer}. */
export interface WebExplainerOptions extends EngineOptions {
  /** Told while the model is fetched from an address. */
  readonly download?: DownloadProgress;
  /** Stops the opening. */
  readonly signal?: AbortSignal;
  /** Hand the bytes over instead of copying them: they are empty here afterwards. */
  readonly transfer?: boolean;
  /** A worker that runs `@gradcam/web/worker`, for surroundings that do not find it themselves. It becomes the explainer's own. */
  readonly worker?: Worker;
}

/**
 * Opens a model so that it explains itself, in a worker of its own: the page stays responsive, and closing gives all memory back.
 *
 * @throws GradcamError, OnnxGradError where the model cannot be fetched, read or explained, or ONNX Runtime does not start
 * @example
 * const explainer = await openExplainer('/resnet18.onnx');
 * const { predictions, explanations } = await explainer.explain(file);
 * canvas.getContext('2d').putImageData(explanations[0].overlay(), 0, 0);
 */
export async function openExplainer(model: ModelSource, options: WebExplainerOptions = {}): Promise<WebExplainer> {
  const { download, signal, transfer: hand = false, worker, assets, ...rest } = options;
  if (signal?.aborted) throw stopped();
  const thread = new Thread(worker ?? startWorker());
  const abort = () => thread.end(stopped());
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const engine = wrap<Engine>(thread.worker);
    const asked = { name: nameOf(model), ...rest, ...(assets !== undefined && { assets: absoluteAssets(assets) }) };
    const buffer = model instanceof Uint8Array ? model.buffer : model;
    const source = typeof model === 'string' || model instanceof URL ? absolute(model) : model;
    const sent = hand && buffer instanceof ArrayBuffer && typeof source !== 'string' ? transfer(source, [buffer]) : source;
    const facts = unwrap(await thread.alive(engine.open(sent, asked, download && proxy(download))));
    return new WebExplainer(facts, thread, engine);
  } catch (error) {
    thread.end(new GradcamError('runtime', 'the explainer was not opened'));
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function startWorker(): Worker {
  return new Worker(new URL('../worker.js', import.meta.url), { type: 'module', name: 'gradcam' });
}

function stopped(): GradcamError {
  return new GradcamError('aborted', 'the opening of the model was stopped');
}

function nameOf(model: ModelSource): string {
  if (typeof File !== 'undefined' && model instanceof File) return model.name;
  if (typeof model === 'string' || model instanceof URL) return new URL(absolute(model)).pathname.split('/').at(-1) || 'the model';
  return 'the model';
}

/** Addresses are meant from the page; the worker lies elsewhere. */
function absolute(address: string | URL): string {
  return new URL(address, globalThis.document?.baseURI ?? globalThis.location?.href).href;
}

function absoluteAssets(assets: Assets): Assets {
  if (typeof assets === 'string' || assets instanceof URL) return absolute(assets);
  const { wasm, webgpu } = assets;
  const each = (files: typeof wasm) => files && { mjs: absolute(files.mjs), wasm: absolute(files.wasm) };
  const [small, large] = [each(wasm), each(webgpu)];
  return { ...(small && { wasm: small }), ...(large && { webgpu: large }) };
}
