import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Plugin, ResolvedConfig } from 'vite';
import { contentSecurityPolicy, headersFile, pageHeaders } from './headers.js';

/** The entry that becomes the service worker, under a name that never changes. */
export const SERVICE_WORKER = 'service-worker';

/** ONNX Runtime's build for WebGPU: 26 MB that few visits need. It is kept once it was used. */
const ON_DEMAND = /asyncify/;

/**
 * What turns a build into a page that any static host can serve: the policy in the page itself, the headers for hosts that
 * take some, and in the service worker the list of files that make up this version.
 *
 * @param hosts what may be asked beside the page's own origin
 */
export function deploy(hosts: readonly string[]): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'gradcam-deploy',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy(hosts) },
        injectTo: 'head-prepend',
      },
    ],
    closeBundle() {
      const folder = resolve(config.root, config.build.outDir);
      const headers = pageHeaders(hosts);
      const worker = join(folder, `${SERVICE_WORKER}.js`);
      const all = filesOf(folder).filter((name) => name !== '_headers' && name !== `${SERVICE_WORKER}.js`);
      const files = all.filter((name) => !ON_DEMAND.test(name));
      const version = digest(folder, all);
      writeFileSync(join(folder, '_headers'), headersFile(headers));
      const facts = { version, files, onDemand: all.filter((name) => ON_DEMAND.test(name)), headers };
      writeFileSync(worker, `self.studio=${JSON.stringify(facts)};\n${readFileSync(worker, 'utf8')}`);
    },
  };
}

/** Every file below a folder, by its path from there, as addresses write it. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function digest(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of files) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
