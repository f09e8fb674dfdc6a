/**
 * Keeps the page for visits without a network, and gives it the headers that its host may not be able to set (GitHub Pages):
 * isolation, so threads, from the second visit on.
 *
 * Nothing old is ever mixed with something new: every file but the page itself bears the hash of its content in its name, the
 * page comes from the network where there is one, and a version is kept as a whole. A new worker waits until no page of the
 * old version is open.
 */
interface Studio {
  readonly version: string;
  /** Every file of this version, by its path from here; without those that few visits need. */
  readonly files: readonly string[];
  /** Kept once they were used. */
  readonly onDemand: readonly string[];
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>;
}

const scope = self as unknown as ServiceWorkerGlobalScope & { readonly studio: Studio };
const { version, files, onDemand, headers } = scope.studio;

const PREFIX = 'studio-page-';
const CACHE = `${PREFIX}${version}`;
const PAGE = 'index.html';

/** How long the network may take to bring the page before the kept one is shown. */
const PATIENCE_MS = 4000;

scope.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(files.map(fresh))));
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then((names) => {
      const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
      return Promise.all(old.map((name) => caches.delete(name)));
    }),
  );
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const name = nameOf(request.url);
  if (request.method !== 'GET' || name === undefined) return;
  if (name === PAGE) event.respondWith(page(request));
  else if (files.includes(name) || onDemand.includes(name)) event.respondWith(asset(name, request));
});

/** The path of one of our files from here; undefined for anything else. */
function nameOf(url: string): string | undefined {
  const { href } = new URL(url);
  const base = new URL('./', scope.location.href).href;
  return href.startsWith(base) ? href.slice(base.length).replace(/[?#].*$/, '') || PAGE : undefined;
}

async function page(request: Request): Promise<Response> {
  const kept = await caches.open(CACHE).then((cache) => cache.match(PAGE));
  if (kept === undefined) return withHeaders(await fetch(request));
  try {
    return withHeaders(await Promise.race([fetch(request), patience()]));
  } catch {
    return withHeaders(kept);
  }
}

function patience(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('the network is too slow')), PATIENCE_MS));
}

async function asset(name: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(name);
  if (kept !== undefined) return withHeaders(kept);
  const answer = await fetch(request);
  if (answer.ok) await cache.put(name, answer.clone());
  return withHeaders(answer);
}

/** A name with a hash is right wherever it comes from; anything else is asked for again. */
function fresh(name: string): Request {
  return new Request(name, { cache: name.startsWith('assets/') ? 'default' : 'no-cache' });
}

function withHeaders(answer: Response): Response {
  // A redirect or an error is the browser's to handle.
  if (!answer.ok || answer.redirected) return answer;
  const merged = new Headers(answer.headers);
  for (const [name, value] of Object.entries(headers)) if (!merged.has(name)) merged.set(name, value);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers: merged });
}
