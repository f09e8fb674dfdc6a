import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The page as it was built: `npm run build` puts it beside the command. */
export const PAGE = fileURLToPath(new URL('../../../studio', import.meta.url));

/** What the page needs and the package onnxruntime-web has: paths of files, by their addresses. */
export function pageFiles(): Map<string, string> {
  const list = join(PAGE, 'borrowed.json');
  const borrowed: unknown = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : {};
  const { resolve } = createRequire(import.meta.url);
  return new Map(Object.entries(borrowed ?? {}).map(([address, name]) => [address, resolve(String(name))]));
}
