/**
 * What the page may do. `'wasm-unsafe-eval'` is the compiling of WebAssembly, `blob:` the pictures that the user gives and saves.
 *
 * @param hosts what may be asked beside the page's own origin
 */
export function contentSecurityPolicy(hosts: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    `connect-src ${["'self'", ...hosts].join(' ')}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Headers of every answer. The two on isolation give ONNX Runtime its threads. */
export function pageHeaders(hosts: readonly string[]): Record<string, string> {
  return {
    // What a <meta> cannot say is said here alone.
    'Content-Security-Policy': `${contentSecurityPolicy(hosts)}; frame-ancestors 'none'`,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}

/** The same as the file `_headers` that several static hosts read; names under `assets/` hold a hash of their content. */
export function headersFile(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
  return ['/*', ...lines, '/assets/*', '  Cache-Control: public, max-age=31536000, immutable', ''].join('\n');
}
