import { readFileSync } from 'node:fs';

/** The package's version, from the file that npm sets it in. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const json: unknown = JSON.parse(text);
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : 'unknown';
}
