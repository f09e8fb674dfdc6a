import { describe, expect, it } from 'vitest';
import { type Environment, signalsAsked, startTelemetry } from './start.js';

describe('telemetry is sent', () => {
  it.each<[string, Environment, readonly string[]]>([
    ['nowhere, unless somebody says so', {}, []],
    ['where a collector is', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, ['TRACES', 'METRICS']],
    ['of one kind, where that has a collector', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://collector:4318' }, ['METRICS']],
    ['without what is not wanted', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' }, ['METRICS']],
    ['by another way', { OTEL_TRACES_EXPORTER: 'console' }, ['TRACES']],
    ['nowhere, once it is disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'TRUE' }, []],
  ])('%s', (_, env, signals) => {
    expect(signalsAsked(env)).toEqual(signals);
  });

  it('and else the environment is left as it is', async () => {
    const env: Environment = { OTEL_SERVICE_NAME: 'mine' };
    await (await startTelemetry('gradcam', undefined, env))();
    expect(env).toEqual({ OTEL_SERVICE_NAME: 'mine' });
  });
});
