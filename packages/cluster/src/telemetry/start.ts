import { setTimeout as sleep } from 'node:timers/promises';
import { errnoCode } from '@gradcam/node';

/** Environment variables, as `process.env`. */
export type Environment = Record<string, string | undefined>;

/** Longest wait for a collector that does not answer, when all else is done. */
const GOODBYE_MS = 5000;

/** What is known of the process. Not its arguments: an address in them may have a password. */
const DETECTORS = 'env,host,os,serviceinstance';

/**
 * Starts to send metrics and traces where the environment says so (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER…); else nothing is loaded. To be called
 * before anything is measured.
 *
 * @param service name of the process, unless OTEL_SERVICE_NAME has another
 * @param notice hears why nothing is sent although it is asked for
 * @returns sends what is left, and stops
 */
export async function startTelemetry(
  service: string,
  notice: (words: string) => void = () => undefined,
  env: Environment = process.env,
): Promise<() => Promise<void>> {
  const signals = signalsAsked(env);
  if (signals.length === 0) return async () => undefined;
  for (const signal of SIGNALS) if (!signals.includes(signal)) env[`OTEL_${signal}_EXPORTER`] = 'none';
  env['OTEL_LOGS_EXPORTER'] ??= 'none';
  env['OTEL_NODE_RESOURCE_DETECTORS'] ??= DETECTORS;
  if (!/\bservice\.name=/.test(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '')) env['OTEL_SERVICE_NAME'] ??= service;
  try {
    const { NodeSDK } = await import('@opentelemetry/sdk-node');
    const sdk = new NodeSDK({ instrumentations: [] });
    sdk.start();
    return async () => {
      const over = sdk.shutdown().catch(() => undefined);
      await Promise.race([over, sleep(GOODBYE_MS, undefined, { ref: false })]);
    };
  } catch (error) {
    if (errnoCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    notice('the environment asks for OpenTelemetry (OTEL_…), but its SDK is not installed: npm install @opentelemetry/sdk-node@0.223');
    return async () => undefined;
  }
}

const SIGNALS = ['TRACES', 'METRICS'] as const;

/** What is to be sent. Unlike the SDK, which would send to this machine when nobody says anything, silence means nothing. */
export function signalsAsked(env: Environment): readonly (typeof SIGNALS)[number][] {
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return [];
  return SIGNALS.filter((signal) => {
    const exporter = env[`OTEL_${signal}_EXPORTER`]?.trim();
    if (exporter) return exporter !== 'none';
    return Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]);
  });
}
