import { S3Client } from '@aws-sdk/client-s3';

/** Milliseconds until a host has to take a connection, and to begin its answer. */
const CONNECT = 5_000;
const ANSWER = 60_000;

/** How often a request is tried, each time after a longer while: through the seconds of a restart. */
const ATTEMPTS = 6;

let client: S3Client | undefined;

/**
 * The client of this thread, by the environment that all programs of AWS share (AWS_ENDPOINT_URL, AWS_REGION, AWS_PROFILE, keys…). At an endpoint of its own a
 * server need not know its buckets as hosts: they are parts of the path there, unless AWS_S3_FORCE_PATH_STYLE is false.
 */
export function theClient(env = process.env): S3Client {
  if (client !== undefined) return client;
  // Which Node.js the SDK's later versions want is nothing for who explains images.
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const own = (env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']) !== undefined;
  const style = env['AWS_S3_FORCE_PATH_STYLE'];
  client = new S3Client({
    ...(own && { region: env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1' }),
    ...(env['AWS_MAX_ATTEMPTS'] === undefined && { maxAttempts: ATTEMPTS }),
    forcePathStyle: style === undefined ? own : style === 'true',
    followRegionRedirects: true,
    // Not every server knows the newer checksums.
    ...(own && { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' }),
    requestHandler: { connectionTimeout: CONNECT, requestTimeout: ANSWER, throwOnRequestTimeout: true },
  });
  return client;
}
