import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { ZOO_HOSTS } from '../../packages/core/src/zoo/models.js';
import { pageHeaders } from './build/headers.js';
import { deploy, SERVICE_WORKER } from './build/plugin.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { 'Content-Security-Policy': _, ...isolation } = pageHeaders(ZOO_HOSTS);

export default defineConfig(({ mode }) => ({
  root: at('.'),
  // A folder that works under any path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // ONNX Runtime's build with its .wasm beside it; what bundles them hangs once it has threads.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', mode === 'production' ? 'production' : 'development'] },
  worker: { format: 'es' },
  build: {
    target: 'esnext',
    // The policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      input: { index: at('index.html'), [SERVICE_WORKER]: at('src/offline/service-worker.ts') },
      output: { entryFileNames: ({ name }) => (name === SERVICE_WORKER ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { headers: isolation },
  plugins: [deploy(ZOO_HOSTS)],
}));
