import { afterAll, beforeEach, vi } from 'vitest';
import { S3Server } from '../../../../tests/support/s3.js';

/** An S3 server with one bucket for the tests of a file, empty and in order before each. Whoever uses S3 in this process finds it by the environment. */
export async function useS3(bucket: string): Promise<S3Server> {
  const server = await S3Server.start(bucket);
  for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
  beforeEach(() => {
    server.objects.clear();
    server.requests.length = 0;
    server.fault = () => undefined;
    server.page = 1000;
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });
  return server;
}
