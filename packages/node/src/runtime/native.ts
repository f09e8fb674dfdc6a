import { GradcamError, type Runtime, type Session, type SessionOptions } from '@gradcam/core';
import { OrtSession, ortOptions, PROBE_MODEL, runtimeError, runtimeWords } from '@gradcam/ort';
import type { InferenceSession } from 'onnxruntime-common';

/** Options of {@link nodeRuntime}. */
export interface NodeRuntimeOptions {
  /** Execution provider: `cpu` (default), `cuda`, `tensorrt`, `coreml`, `dml` or `webgpu`, as far as this platform's onnxruntime-node has it. */
  readonly device?: string;
  /** Threads inside one operator where a session does not say; default: ONNX Runtime's, one per physical core. */
  readonly threads?: number;
}

type Native = typeof import('onnxruntime-node');

/**
 * ONNX Runtime's native library. Nothing falls back in silence: a provider that is absent or does not start is an
 * error here, before any model is read.
 *
 * @throws GradcamError `runtime` where onnxruntime-node cannot be loaded, or the provider is absent or does not start
 */
export async function nodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const device = options.device ?? 'cpu';
  const ort = await loadNative();
  checkListed(ort, device);
  if (device !== 'cpu') await checkStarts(ort, device);
  return {
    name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common} (${device})`,
    open: (model, session = {}) => open(ort, device, model, session, session.threads ?? options.threads),
  };
}

/** onnxruntime-node is an optional dependency and has no library for every platform: loaded on demand, and its absence is an ordinary error. */
export async function loadNative(): Promise<Native> {
  try {
    const ort = await import('onnxruntime-node');
    ort.env.logLevel = 'fatal';
    return ort;
  } catch (error) {
    throw runtimeError(
      `onnxruntime-node could not be loaded on ${process.platform} ${process.arch}; use the device 'wasm', or install onnxruntime-node with ONNXRUNTIME_NODE_INSTALL=skip in the environment`,
      firstLine(error),
    );
  }
}

async function open(ort: Native, device: string, model: Uint8Array, options: SessionOptions, threads?: number): Promise<Session> {
  let session: InferenceSession;
  try {
    const threading = threads === undefined ? {} : { intraOpNumThreads: threads };
    session = await ort.InferenceSession.create(model, { ...ortOptions(device, options), ...threading });
  } catch (error) {
    throw runtimeError('ONNX Runtime could not open the model', error);
  }
  return OrtSession.adopt(session, ort.Tensor);
}

function checkListed(ort: Native, device: string): void {
  const names = ort.listSupportedBackends().map(({ name }) => name);
  if (names.includes(device)) return;
  throw new GradcamError(
    'runtime',
    `The device '${device}' is not in this build of onnxruntime-node (${process.platform} ${process.arch}), which has ${names.join(', ')}; choose one of these or wasm.`,
  );
}

/** A listed provider may still lack its libraries or hardware; the smallest of models shows that with no file read yet. */
async function checkStarts(ort: Native, device: string): Promise<void> {
  try {
    await (await ort.InferenceSession.create(PROBE_MODEL, ortOptions(device, {}))).release();
  } catch (error) {
    const advice =
      device === 'cuda' || device === 'tensorrt'
        ? 'it needs an NVIDIA GPU, CUDA 12 and cuDNN 9, and the libraries that `npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12` downloads'
        : 'its driver or hardware seems to be missing';
    const message = `The device '${device}' does not start (${runtimeWords(error)}): ${advice}; or choose the device 'cpu'.`;
    throw new GradcamError('runtime', message, { cause: error });
  }
}

/** Node.js adds who wanted a module that is missing, in the same line or in more. */
function firstLine(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return new Error(error.message.replace(/(?: imported from |\n).*$/s, ''), { cause: error });
}
