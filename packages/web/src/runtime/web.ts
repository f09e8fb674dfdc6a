import type { Runtime, Session, SessionOptions } from '@gradcam/core';
import { OrtSession, ortOptions, runtimeError } from '@gradcam/ort';
import type { InferenceSession } from 'onnxruntime-common';
import type { Assets } from './assets.js';
import { breathing } from './breath.js';
import { Queue, queued } from './queue.js';
import type { Ort } from './start.js';
import { startWasm } from './wasm.js';
import { hasGraphicsCard, nodesForCpu, startWebGpu } from './webgpu.js';

/** Where a model runs: on the CPU by WebAssembly, or on the graphics card by WebGPU. */
export type WebDevice = 'wasm' | 'webgpu';

/** Options of {@link webRuntime}. */
export interface WebRuntimeOptions {
  /** Default `wasm`. `auto`: WebGPU where a graphics card offers it and the model is not small, else WebAssembly. */
  readonly device?: WebDevice | 'auto' | undefined;
  /** Of WebAssembly, inside one operator; default: the machine's, at most 4, where the page is isolated from other origins, else 1. */
  readonly threads?: number | undefined;
  /** Where ONNX Runtime's files lie; default: where the bundler put them. */
  readonly assets?: Assets | undefined;
  /** How large the model will be, for `auto`; default: large. */
  readonly modelBytes?: number | undefined;
}

/** A runtime that says what it runs on. */
export interface WebRuntime extends Runtime {
  readonly device: WebDevice;
  /** Of WebAssembly; 1 with WebGPU. */
  readonly threads: number;
}

/** Models below this run in a few milliseconds on the CPU; WebGPU's download and its shaders would cost more than they save. */
const SMALL_MODEL_BYTES = 8_000_000;

/** One device, one run at a time, whichever runtime asks. */
const turns = new Queue();

/**
 * ONNX Runtime in a page or, better, in a worker: a run blocks its thread. Its files are fetched when it is started; those of WebGPU only
 * where it is used.
 *
 * @throws GradcamError `runtime` where the device is not there or ONNX Runtime's files cannot be loaded
 */
export async function webRuntime(options: WebRuntimeOptions = {}): Promise<WebRuntime> {
  const { device = 'wasm', threads, assets, modelBytes } = options;
  if (device === 'webgpu') return onWebGpu(assets);
  if (device === 'auto' && (modelBytes ?? Number.POSITIVE_INFINITY) >= SMALL_MODEL_BYTES && (await hasGraphicsCard())) {
    try {
      return await onWebGpu(assets);
    } catch {
      // `auto` asks for what works: a driver that WebGPU finds wanting is no error.
    }
  }
  return onWasm(threads, assets);
}

async function onWasm(asked: number | undefined, assets: Assets | undefined): Promise<WebRuntime> {
  const ort = await startWasm(asked, assets);
  const threads = ort.env.wasm.numThreads ?? 1;
  return {
    name: `${nameOf(ort)} (wasm, ${threads} ${threads === 1 ? 'thread' : 'threads'})`,
    device: 'wasm',
    threads,
    open: async (model, session = {}) => breathing(await open(ort, model, ortOptions('wasm', session))),
  };
}

async function onWebGpu(assets: Assets | undefined): Promise<WebRuntime> {
  const ort = await turns.add(() => startWebGpu(assets));
  return {
    name: `${nameOf(ort)} (webgpu)`,
    device: 'webgpu',
    threads: 1,
    open: async (model, session = {}) => queued(await turns.add(() => open(ort, model, webGpuOptions(model, session))), turns),
  };
}

function nameOf({ env }: Ort): string {
  return `onnxruntime-web ${env.versions.web ?? env.versions.common}`;
}

function webGpuOptions(model: Uint8Array, session: SessionOptions): InferenceSession.SessionOptions {
  const forceCpuNodeNames = nodesForCpu(model);
  // The layout that is usual on graphics cards, NHWC, gives wrong numbers in ONNX Runtime 1.30 for convolutions of several taps
  // whose input channels are a multiple of 3 (6, 18, …) and not of 4, and whose outputs are one of 4.
  // An empty list of nodes is refused, and no session can be made after that.
  const provider = { name: 'webgpu', preferredLayout: 'NCHW', ...(forceCpuNodeNames.length > 0 && { forceCpuNodeNames }) } as const;
  return { ...ortOptions('wasm', session), executionProviders: [provider] };
}

async function open(ort: Ort, model: Uint8Array, options: InferenceSession.SessionOptions): Promise<Session> {
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, options);
  } catch (error) {
    throw runtimeError('ONNX Runtime could not open the model', error);
  }
  return OrtSession.adopt(session, ort.Tensor);
}
