import type { SessionOptions } from '@gradcam/core';
import type { InferenceSession } from 'onnxruntime-common';

/** Options that both builds take alike. Level 4 (fatal): what goes wrong arrives as an exception, and anything more would be noise on standard error. */
export function ortOptions(provider: string, options: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 4,
    ...weights(provider, options),
    ...extra(provider, options),
  };
}

/** Settings that ONNX Runtime knows by name alone. */
function extra(provider: string, { externalFolder, unpack }: SessionOptions): InferenceSession.SessionOptions {
  const session = {
    ...(isMapped(provider, externalFolder) && { model_external_initializers_file_folder_path: externalFolder }),
    // Then its folding of constants takes DequantizeLinear, too.
    ...(unpack && { disable_quant_qdq: '1' }),
  };
  return Object.keys(session).length === 0 ? {} : { extra: { session } };
}

/** Whether weights of a folder are mapped into memory. */
function isMapped(provider: string, externalFolder: string | undefined): boolean {
  return externalFolder !== undefined && provider !== 'wasm';
}

function weights(provider: string, { externalData, externalFolder }: SessionOptions): InferenceSession.SessionOptions {
  return externalData === undefined || isMapped(provider, externalFolder)
    ? {}
    : { externalData: [...externalData].map(([path, data]) => ({ path, data })) };
}
