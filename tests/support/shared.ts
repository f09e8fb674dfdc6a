import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of models, photographs and golden values that lies beside a checkout, where there is one. */
export const shared = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** Whether a file of the shared folder is there; says so once where it is not. */
export function hasShared(path: string): boolean {
  const found = existsSync(`${shared}${path}`);
  if (!found) console.warn(`skipped: ../shared/${path} is not there`);
  return found;
}

/** The tensors of a safetensors file: a length, a JSON header, then the data (huggingface.co/docs/safetensors). */
export function readSafetensors(path: string): Map<string, Float32Array> {
  const bytes = readFileSync(path);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + headerLength).toString('utf8')) as Record<
    string,
    { dtype?: string; data_offsets?: [number, number] }
  >;
  const data = 8 + headerLength;
  const tensors = new Map<string, Float32Array>();
  for (const [name, { dtype, data_offsets: range }] of Object.entries(header)) {
    if (dtype !== 'F32' || range === undefined) continue;
    tensors.set(name, new Float32Array(bytes.buffer.slice(bytes.byteOffset + data + range[0], bytes.byteOffset + data + range[1])));
  }
  return tensors;
}
