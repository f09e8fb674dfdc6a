import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** For pages without a bundler: the package with all it needs but ONNX Runtime's own files, as modules of one folder. */
export default defineConfig({
  root: at('.'),
  base: './',
  resolve: {
    // ONNX Runtime with its files beside it, not within.
    conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'production'],
  },
  plugins: [withoutBundler()],
  worker: {
    format: 'es',
    plugins: () => [withoutBundler()],
    rolldownOptions: { output: { entryFileNames: '[name].js', chunkFileNames: 'worker-[name].js' } },
  },
  build: {
    target: 'es2022',
    outDir: 'dist/browser',
    modulePreload: false,
    rolldownOptions: {
      input: { gradcam: at('dist/index.js') },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
});

/** `bundled.js` is for bundlers of those who use the package. */
function withoutBundler() {
  return {
    name: 'without-bundler',
    enforce: 'pre' as const,
    resolveId: (id: string) => (id.endsWith('/bundled.js') ? at('dist/runtime/beside.js') : undefined),
  };
}
