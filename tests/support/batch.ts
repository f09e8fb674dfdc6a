import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeImage } from '@gradcam/node';
import { parquetReadObjects } from 'hyparquet';

/** Worker threads need files that Node.js runs: these tests are of what `npm run build` made. */
const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/gradcam.js', import.meta.url));

/** A run of `gradcam batch` in a process of its own; it has a standard input. */
export interface BatchRun {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly status: number | null; readonly out: string; readonly err: string }>;
}

export function startBatch(source: string, output: string, ...argv: string[]): BatchRun {
  return startCommand('batch', source, '--output', output, '--workers', '2', ...argv);
}

/** The command in a process of its own. */
export function startCommand(...argv: string[]): BatchRun {
  const child = spawn(process.execPath, [COMMAND, ...argv], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    err += part.toString();
  });
  const ended = new Promise<Awaited<BatchRun['ended']>>((resolve) => child.on('close', (status) => resolve({ status, out, err })));
  return { process: child, ended };
}

/** Pictures of 60 × 40 pixels, no two the same, some in a folder below. */
export async function writePictures(folder: string, count: number): Promise<string[]> {
  mkdirSync(join(folder, 'below'), { recursive: true });
  const names: string[] = [];
  for (let number = 0; number < count; number++) {
    const data = Uint8Array.from({ length: 60 * 40 * 3 }, (_, at) => {
      const [x, y, channel] = [Math.floor(at / 3) % 60, Math.floor(at / 180), at % 3];
      return (x * (1 + (number % 5)) + y * (2 + channel) + 37 * number + 80 * channel) % 256;
    });
    const name = `${number % 4 === 0 ? 'below/' : ''}${String(number).padStart(3, '0')}.jpg`;
    writeFileSync(join(folder, name), await encodeImage({ width: 60, height: 40, data }, '.jpg'));
    names.push(name);
  }
  return names;
}

export type Rows = readonly Readonly<Record<string, unknown>>[];

/** All that is there once a run is over: the table in both forms, without its times, and a digest of each file. */
export async function resultsOf(output: string): Promise<{ rows: Rows; parquet: Rows; files: Readonly<Record<string, string>> }> {
  const timeless = ({ milliseconds, ...row }: Readonly<Record<string, unknown>>) => ({ ...row, timed: typeof milliseconds === 'number' });
  const lines = readFileSync(join(output, 'results.jsonl'), 'utf8').trimEnd().split('\n');
  const bytes = readFileSync(join(output, 'results.parquet'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const files: Record<string, string> = {};
  for (const path of filesBelow(output)) {
    const name = relative(output, path);
    if (/^results\.|^\.gradcam[/\\](?!unfinished)/.test(name)) continue;
    files[name] = createHash('sha256').update(readFileSync(path)).digest('hex');
  }
  return { rows: lines.map((line) => timeless(JSON.parse(line))), parquet: (await parquetReadObjects({ file })).map(timeless), files };
}

/** Pictures that the ledger of a run knows. */
export function ledgerLines(output: string): number {
  const path = join(output, '.gradcam', 'ledger.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}
