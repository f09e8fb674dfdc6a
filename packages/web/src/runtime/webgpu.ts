import { GradcamError, readModel } from '@gradcam/core';
import { type Assets, assetFiles } from './assets.js';
import { type Ort, start } from './start.js';

/**
 * ONNX Runtime on WebGPU, a larger download than the build for the CPU.
 *
 * @throws GradcamError `runtime` where there is no adapter, or it does not start
 */
export async function startWebGpu(assets: Assets | undefined): Promise<Ort> {
  if ((await adapter()) === undefined)
    throw new GradcamError(
      'runtime',
      `This browser offers no WebGPU adapter here; choose the device 'wasm', or 'auto', which uses WebGPU where it can.`,
    );
  const ort = await import('onnxruntime-web/webgpu');
  ort.env.logLevel = 'fatal';
  // Threads would only serve the few operators that WebGPU leaves to the CPU.
  ort.env.wasm.numThreads ||= 1;
  ort.env.wasm.wasmPaths ??= assetFiles('webgpu', assets);
  await start(ort, 'webgpu');
  return ort;
}

/** Whether a graphics card is behind WebGPU, rather than nothing or the CPU. */
export async function hasGraphicsCard(): Promise<boolean> {
  const found = await adapter();
  return found !== undefined && !found.info.isFallbackAdapter;
}

async function adapter(): Promise<GPUAdapter | undefined> {
  try {
    return (await globalThis.navigator?.gpu?.requestAdapter()) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Nodes that WebGPU accepts and then cannot run: MaxPool that also tells where the maxima are. They are left to the CPU. */
export function nodesForCpu(model: Uint8Array): string[] {
  try {
    const nodes = readModel(model).nodes.filter(({ opType, outputs }) => opType === 'MaxPool' && (outputs[1] ?? '') !== '');
    return nodes.map(({ name }) => name ?? '').filter((name) => name !== '');
  } catch {
    // What is wrong with the model the runtime says in its own words.
    return [];
  }
}
