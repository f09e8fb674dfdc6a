import { GradcamError, OnnxGradError } from '@gradcam/core';

/** What a request met, as its answer says it: RFC 9457, with a `code` that is stable. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 413 | 415 | 429 | 500 | 503 | 504,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Errors that are the asker's to mend; what their messages say, they may know. */
const STATUS: Readonly<Record<string, 400 | 404 | 413>> = {
  'invalid-image': 400,
  'invalid-tensor': 400,
  'unknown-class': 400,
  'unknown-method': 400,
  'not-measurable': 400,
  'no-gradient': 400,
  'unknown-model': 404,
  limit: 413,
};

/** Any error as a problem. What is not the asker's to mend keeps its words, which may name files, for the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = error instanceof GradcamError || error instanceof OnnxGradError ? error.code : 'unexpected';
  const status = STATUS[code];
  if (status !== undefined && error instanceof Error) return new Problem(status, code, error.message);
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new Problem(504, 'timeout', 'the answer took longer than this service allows; ask less of one request, or ask again later');
  if (code === 'runtime')
    return new Problem(500, code, 'the network could not be run on this; whoever runs the service finds the reason in its log');
  return new Problem(500, 'unexpected', 'something went wrong here; whoever runs the service finds the reason in its log');
}
