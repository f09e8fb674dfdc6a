// Puts the built page beside the command, which serves it. ONNX Runtime's .wasm files (14 and 27 MB) stay out: the command's
// dependencies hold the same bytes, and studio/borrowed.json says under which names.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [built, shipped] = ['apps/studio/dist', 'packages/cli/studio'];
const runtime = dirname(
  createRequire(new URL('../packages/cli/package.json', import.meta.url)).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'),
);
const theirs = readdirSync(runtime).filter((name) => name.endsWith('.wasm'));

const borrowed = {};
for (const name of readdirSync(join(built, 'assets'))) {
  if (!name.endsWith('.wasm')) continue;
  const same = theirs.find((other) => readFileSync(join(runtime, other)).equals(readFileSync(join(built, 'assets', name))));
  if (same !== undefined) borrowed[`/assets/${name}`] = `onnxruntime-web/${same}`;
}

rmSync(shipped, { recursive: true, force: true });
cpSync(built, shipped, { recursive: true, filter: (path) => !(`/assets/${path.split(/[\\/]/).at(-1)}` in borrowed) });
writeFileSync(join(shipped, 'borrowed.json'), `${JSON.stringify(borrowed)}\n`);
