import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with an answer. */
export type Fault = 'error' | 'slow-down' | 'drop' | 'truncate' | 'slow' | 'deny' | 'bad-key' | 'full';

/** A request as the server saw it. */
export interface S3Request {
  readonly method: string;
  /** `BUCKET/KEY` */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A small S3 server: buckets as parts of the path, objects in memory. It checks no signatures, only that there are some. */
export class S3Server {
  /** Objects by `BUCKET/KEY`. */
  readonly objects = new Map<string, Buffer>();
  readonly requests: S3Request[] = [];
  /** Asked of each request: whether something goes wrong, and what. */
  fault: (request: S3Request) => Fault | undefined = () => undefined;
  /** Objects in one page of a list. */
  page = 1000;
  readonly #uploads = new Map<string, Map<number, Buffer>>();

  private constructor(
    private readonly server: Server,
    readonly buckets: readonly string[],
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
  }

  static async start(...buckets: string[]): Promise<S3Server> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new S3Server(server, buckets);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a process needs to know of it. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret-of-the-test',
    };
  }

  /** Keys of a bucket, in their order. */
  keys(bucket: string): string[] {
    return [...this.objects.keys()]
      .filter((path) => path.startsWith(`${bucket}/`))
      .map((path) => path.slice(bucket.length + 1))
      .sort();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const path = decodeURIComponent(url.pathname.slice(1)).replace(/\/$/, '');
    const [bucket = ''] = path.split('/', 1);
    const { method = 'GET' } = request;
    const query = url.searchParams;
    const body = await bodyOf(request).catch(() => undefined);
    if (body === undefined) return;
    const seen = { method, path, query };
    this.requests.push(seen);
    const fault = this.fault(seen);
    if (fault === 'drop') return void request.socket.destroy();
    if (fault === 'error') return refuse(response, 500, 'InternalError');
    if (fault === 'slow-down') return refuse(response, 503, 'SlowDown');
    if (fault === 'deny' || request.headers.authorization === undefined) return refuse(response, 403, 'AccessDenied');
    if (fault === 'bad-key') return refuse(response, 403, 'InvalidAccessKeyId');
    if (fault === 'full') return refuse(response, 507, 'XMinioStorageFull');
    if (!this.buckets.includes(bucket)) return refuse(response, 404, 'NoSuchBucket');
    if (path === bucket) return this.#list(response, bucket, query);
    if (method === 'GET' || method === 'HEAD') return this.#get(request, response, path, fault);
    if (method === 'DELETE') {
      this.objects.delete(path);
      return void response.writeHead(204).end();
    }
    if (method === 'POST' && query.has('uploads')) {
      const id = randomUUID();
      this.#uploads.set(id, new Map());
      return xml(response, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    const parts = this.#uploads.get(query.get('uploadId') ?? '');
    if (method === 'PUT' && parts !== undefined) {
      parts.set(Number(query.get('partNumber')), body);
      return void response.writeHead(200, { etag: etagOf(body) }).end();
    }
    if (method === 'POST' && parts !== undefined) {
      this.objects.set(path, Buffer.concat([...parts].sort(([one], [other]) => one - other).map(([, part]) => part)));
      return xml(response, '<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>');
    }
    if (method !== 'PUT') return refuse(response, 405, 'MethodNotAllowed');
    this.objects.set(path, body);
    response.writeHead(200, { etag: etagOf(body) }).end();
  }

  #get(request: IncomingMessage, response: ServerResponse, path: string, fault: Fault | undefined): void {
    const whole = this.objects.get(path);
    if (whole === undefined) {
      refuse(response, 404, 'NoSuchKey', request.method === 'HEAD');
      return;
    }
    const [, begin, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const body = begin === undefined ? whole : whole.subarray(Number(begin), Number(end) + 1);
    response.writeHead(begin === undefined ? 200 : 206, { 'content-length': body.length, etag: etagOf(whole) });
    if (request.method === 'HEAD') response.end();
    else if (fault === 'truncate') {
      // Once this much is on its way.
      response.write(body.subarray(0, body.length / 2), () => request.socket.destroy());
    } else if (fault === 'slow') {
      response.write(body.subarray(0, 1));
      setTimeout(() => response.end(body.subarray(1)), 100);
    } else response.end(body);
  }

  #list(response: ServerResponse, bucket: string, query: URLSearchParams): void {
    const [prefix, after] = [query.get('prefix') ?? '', query.get('continuation-token') ?? ''];
    const keys = this.keys(bucket).filter((key) => key.startsWith(prefix) && key > after);
    const page = keys.slice(0, this.page);
    const next = keys.length > page.length ? `<NextContinuationToken>${text(page.at(-1) ?? '')}</NextContinuationToken>` : '';
    const contents = page.map((key) => `<Contents><Key>${encodeURIComponent(key).replaceAll('%20', '+')}</Key></Contents>`).join('');
    xml(
      response,
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${next !== ''}</IsTruncated>${next}${contents}</ListBucketResult>`,
    );
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  return request.headers['content-encoding'] === 'aws-chunked' ? unchunked(body) : body;
}

/** Each chunk is its size in hexadecimal, a line end, its bytes, a line end. */
function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, line), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
}

function refuse(response: ServerResponse, status: number, code: string, silent = false): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(silent ? '' : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said by the server, with secrets</Message></Error>`);
}

function xml(response: ServerResponse, content: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${content}`);
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
