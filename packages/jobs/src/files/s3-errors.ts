import { GradcamError } from '@gradcam/core';
import { errnoCode } from '@gradcam/node';
import { BrokenOff } from './body.js';

/** What was done when it failed. */
interface Doing {
  /** What was read, with its article; undefined: it was written. */
  readonly what?: string;
  readonly location: string;
  readonly bucket: string;
}

/** Whether a file is not there. */
export function isMissing(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return name === 'NoSuchKey' || name === 'NotFound' || (status === 404 && name !== 'NoSuchBucket');
}

/**
 * Why a request failed, in one line. What a server says beyond the name of the error is not repeated: it may hold parts of keys.
 *
 * @returns GradcamError `not-found` or `not-writable` for what is wrong with this one file, `network` where no other would fare better
 */
export function s3Error(error: unknown, { what, location, bucket }: Doing): GradcamError {
  if (error instanceof GradcamError) return error;
  const { name, status, errno } = factsOf(error);
  const failed = what === undefined ? `'${location}' cannot be written` : `Expected ${what} at '${location}'`;
  const say = (code: 'not-found' | 'not-writable' | 'network', why: string) =>
    new GradcamError(code, what === undefined ? `${failed}: ${why}.` : `${failed}, but ${why}.`, { cause: error });
  if (name === 'NoSuchBucket') return say('network', `there is no bucket '${bucket}' at ${hostOf()}; make it, or correct its name`);
  if (isMissing(error)) return say('not-found', 'there is no such object');
  if (CREDENTIALS.test(name))
    return say('network', `nobody could sign the request (${name}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE`);
  if (KEYS.test(name))
    return say('network', `${hostOf()} does not take these credentials (${name}); check the AWS_… variables or AWS_PROFILE`);
  if (status === 401 || status === 403)
    return what === undefined
      ? say('not-writable', `access is denied; these credentials need the right s3:PutObject in '${bucket}'`)
      : say('not-found', `access is denied; these credentials need the rights s3:GetObject and s3:ListBucket in '${bucket}'`);
  if (status === 412) return say('not-found', 'it was changed while it was read; begin again');
  if (status === 507 || /StorageFull|QuotaExceeded/i.test(name)) return say('not-writable', 'no space is left there');
  if (/region is missing/i.test(error instanceof Error ? error.message : '')) return say('network', 'no region is given; set AWS_REGION');
  if (status === 301 || name === 'AuthorizationHeaderMalformed')
    return say('network', `the bucket is in another region (${name}); set AWS_REGION to that one`);
  if (error instanceof BrokenOff) return say('network', `the answers of ${hostOf()} broke off, each time`);
  if (errno !== undefined || name === 'TimeoutError')
    return say('network', `${hostOf()} cannot be reached (${errno ?? name}); check AWS_ENDPOINT_URL and the network`);
  if (status !== undefined && (status >= 500 || status === 429))
    return say('network', `${hostOf()} answers ${status} (${name}), each time`);
  return say(what === undefined ? 'not-writable' : 'not-found', `${hostOf()} refuses it (${[name, status].filter(Boolean).join(', ')})`);
}

/** Where no keys were found at all. */
const CREDENTIALS = /^(CredentialsProviderError|ProviderError|TokenProviderError)$/;

/** Keys that are wrong, or old. */
const KEYS =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|RequestTimeTooSkewed|TokenRefreshRequired|InvalidClientTokenId)$/;

interface Facts {
  readonly name: string;
  /** Of HTTP. */
  readonly status: number | undefined;
  /** Of a system call. */
  readonly errno: string | undefined;
}

function factsOf(error: unknown): Facts {
  const metadata: unknown = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  const status = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  const code = errnoCode(error) ?? (error instanceof AggregateError ? errnoCode(error.errors[0]) : undefined);
  return {
    // A server's own word: it may be anything.
    name: (error instanceof Error ? error.name : 'Error').replace(/[^\w.-]/g, '').slice(0, 60),
    status: typeof status === 'number' ? status : undefined,
    errno: code !== undefined && /^E[A-Z_]+$/.test(code) ? code : undefined,
  };
}

/** Whom requests go to; an address may have a password in it. */
function hostOf(): string {
  const address = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'] ?? '';
  return URL.canParse(address) ? new URL(address).host : 'Amazon S3';
}
