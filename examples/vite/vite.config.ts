import { defineConfig } from 'vite';

// WebAssembly has threads only in pages that are isolated from other origins; without these headers it runs on one.
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  worker: { format: 'es' },
  // The package brings its worker along, which Vite finds where the package lies.
  optimizeDeps: { exclude: ['@gradcam/web'] },
  build: { target: 'es2022' },
  server: { headers },
  preview: { headers },
});
