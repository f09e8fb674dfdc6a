import type { SessionOptions } from '@gradcam/core';
import type { InferenceSession } from 'onnxruntime-common';

/** Options that both builds take alike. Level 4 (fatal): what goes wrong arrives as an exception, and anything more would be noise on standard error. */
export function ortOptions(provider: string, options: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 4,
    ...(options.externalData && {
      externalData: [...options.externalData].map(([path, data]) => ({ path, data })),
    }),
  };
}
