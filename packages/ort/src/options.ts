import type { SessionOptions } from '@gradcam/core';
import type { InferenceSession } from 'onnxruntime-common';

/** Options that both builds take alike. Level 4 (fatal): what goes wrong arrives as an exception, and anything more would be noise on standard error. */
export function ortOptions(provider: string, options: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 4,
    ...weights(provider, options),
  };
}

function weights(provider: string, { externalData, externalFolder }: SessionOptions): InferenceSession.SessionOptions {
  if (externalFolder !== undefined && provider !== 'wasm')
    return { extra: { session: { model_external_initializers_file_folder_path: externalFolder } } };
  return externalData === undefined ? {} : { externalData: [...externalData].map(([path, data]) => ({ path, data })) };
}
