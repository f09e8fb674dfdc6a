import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The model that is sent pictures, and what the command must be told of it. */
export interface PhotoModel {
  readonly name: string;
  readonly path: string;
  /** Options of the command that say how pictures come in and what the classes are called, where the model does not say itself. */
  readonly argv: readonly string[];
}

const FILE = 'mobilenet_v2_1.0_224_int8weights.onnx';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shared = join(root, '../shared/models');

/** MobileNetV2, else the bundled model, which is so small that pictures cost more than the network. @param folder where a description may be left */
export function photoModel(folder: string): PhotoModel {
  const path = join(shared, FILE);
  if (!existsSync(path)) {
    console.log('../shared/models is not there: the bundled model is measured, whose runs cost less than its pictures');
    return { name: 'everyday', path: join(root, 'models/everyday/everyday-int8.onnx'), argv: [] };
  }
  const all = JSON.parse(readFileSync(join(shared, 'models.json'), 'utf8')) as { file: string; labels: string; preprocess: object }[];
  const known = all.find(({ file }) => file === FILE);
  const description = join(folder, 'preprocess.json');
  writeFileSync(description, JSON.stringify(known?.preprocess));
  return { name: FILE, path, argv: ['--labels', join(shared, known?.labels ?? ''), '--preprocess', description] };
}
