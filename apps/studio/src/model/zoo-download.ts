import { GradcamError, type ZooEntry, zooAddresses } from '@gradcam/core';

/** Where downloads are kept, beside the page's own files, which come and go with its versions. */
const CACHE = 'studio-zoo';

/** Milliseconds without data after which an address is given up. */
const STALL_MS = 30_000;

/** Options of {@link downloadZooModel}. */
export interface ZooDownload {
  readonly signal: AbortSignal;
  /** Called with every piece that arrives. */
  readonly onBytes: (received: number) => void;
}

/** A model of the zoo that this browser has, or undefined. What is not as it should be is thrown away. */
export async function keptZooModel(entry: ZooEntry): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const cache = await openCache();
  const kept = await cache?.match(keyOf(entry));
  if (kept === undefined) return undefined;
  const bytes = new Uint8Array(await kept.arrayBuffer());
  if (await isIntact(bytes, entry)) return bytes;
  await cache?.delete(keyOf(entry));
  return undefined;
}

/** Sums of the files that this browser has. */
export async function keptSums(): Promise<ReadonlySet<string>> {
  const requests = (await (await openCache())?.keys()) ?? [];
  return new Set(requests.map(({ url }) => url.slice(url.lastIndexOf('/') + 1)));
}

/**
 * Fetches a model of the zoo, checks its size and SHA-256, and keeps it in this browser.
 *
 * @throws GradcamError `network` where no address has the file, with how to get it by hand; `aborted`
 */
export async function downloadZooModel(entry: ZooEntry, { signal, onBytes }: ZooDownload): Promise<Uint8Array<ArrayBuffer>> {
  const urls = zooAddresses(entry);
  const byHand = `download ${urls[0]} yourself and drop the file here`;
  if (globalThis.crypto.subtle === undefined)
    throw new GradcamError(
      'network',
      `Browsers check downloads only on pages with https or on localhost: open this page there, or ${byHand}.`,
    );
  const failures: string[] = [];
  for (const url of urls) {
    try {
      const bytes = await fetchWhole(url, entry.bytes, signal, onBytes);
      if (!(await isIntact(bytes, entry))) throw new Error('other content than expected');
      await keep(entry, bytes);
      return bytes;
    } catch (error) {
      if (signal.aborted) throw new GradcamError('aborted', `The download of ${entry.title} was stopped.`, { cause: error });
      failures.push(`${new URL(url).host}: ${reason(error)}`);
    }
  }
  const advice = navigator.onLine ? `Try again later, or ${byHand}.` : 'This device is offline: connect it and try again.';
  throw new GradcamError('network', `${entry.title} could not be downloaded (${failures.join('; ')}). ${advice}`);
}

/** Reads into a buffer of the known size: never more is taken. */
async function fetchWhole(
  url: string,
  size: number,
  signal: AbortSignal,
  onBytes: (received: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const stall = new AbortController();
  const stalled = () => stall.abort(new Error(`no data for ${STALL_MS / 1000} s`));
  let timer = setTimeout(stalled, STALL_MS);
  try {
    // The browser's own cache would only keep a second copy.
    const response = await fetch(url, { signal: AbortSignal.any([signal, stall.signal]), credentials: 'omit', cache: 'no-store' });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const bytes = new Uint8Array(size);
    let received = 0;
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(stalled, STALL_MS);
      if (received + value.length > size) throw new Error(`more than the expected ${size} bytes`);
      bytes.set(value, received);
      received += value.length;
      onBytes(received);
    }
    if (received < size) throw new Error(`${received} bytes instead of ${size}`);
    return bytes;
  } finally {
    clearTimeout(timer);
    // Where reading was given up, the connection is, too.
    stall.abort();
  }
}

async function isIntact(bytes: Uint8Array<ArrayBuffer>, expected: { readonly bytes: number; readonly sha256: string }): Promise<boolean> {
  if (bytes.length !== expected.bytes) return false;
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('') === expected.sha256;
}

/** A full disk, or a browser that keeps nothing, costs the next download, not this one. */
async function keep(entry: ZooEntry, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    await (await openCache())?.put(keyOf(entry), new Response(bytes));
  } catch (error) {
    console.info('Not kept in this browser:', error);
  }
}

/** An address that nobody asks for: files are known by their sums. */
function keyOf({ sha256 }: ZooEntry): string {
  return new URL(`zoo/${sha256}`, document.baseURI).href;
}

async function openCache(): Promise<Cache | undefined> {
  return globalThis.caches?.open(CACHE).catch(() => undefined);
}

/** Browsers say of the network only that it failed. */
function reason(error: unknown): string {
  return error instanceof TypeError ? 'no connection' : error instanceof Error ? error.message : String(error);
}
