import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A model to measure, as a file. */
export interface BenchModel {
  readonly name: string;
  readonly path: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const fixtures = join(root, '../shared/fixtures');
const everyday = join(root, 'models/everyday/everyday-int8.onnx');

interface Inflate {
  inflate(dir: string): { readonly model: Uint8Array };
}

/** The bundled model, and every fixture where ../shared is there; inflated one at a time into a folder that is removed. */
export async function* benchModels(only: RegExp): AsyncGenerator<BenchModel> {
  if (existsSync(everyday) && only.test('everyday')) yield { name: 'everyday', path: everyday };
  if (!existsSync(fixtures)) {
    console.log('../shared/fixtures is not there: only the bundled model is measured');
    return;
  }
  const { inflate } = (await import(pathToFileURL(join(fixtures, 'inflate.mjs')).href)) as Inflate;
  const folder = mkdtempSync(join(tmpdir(), 'gradcam-bench-'));
  try {
    for (const { name } of readdirSync(fixtures, { withFileTypes: true }).filter((entry) => entry.isDirectory() && only.test(entry.name))) {
      const path = join(folder, `${name}.onnx`);
      writeFileSync(path, inflate(join(fixtures, name)).model);
      yield { name, path };
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
