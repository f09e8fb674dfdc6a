import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Worker threads need files that Node.js runs: these tests are of what `npm run build` made. */
const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/gradcam.js', import.meta.url));

/** `gradcam serve` in a process of its own, on a free port. */
export interface Service {
  readonly process: ChildProcess;
  readonly url: string;
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly ended: Promise<{ readonly status: number | null; readonly err: string }>;
}

/** Starts the command. @throws where it ends before it serves, with what it said */
export async function startService(argv: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Service> {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let err = '';
  child.stderr.on('data', (part: Buffer) => {
    err += part.toString();
  });
  const ended = new Promise<Awaited<Service['ended']>>((resolve) => child.on('close', (status) => resolve({ status, err })));
  const lines = createInterface({ input: child.stdout });
  const [url] = (await Promise.race([once(lines, 'line'), ended.then(() => [])])) as [string?];
  if (url === undefined) throw new Error((await ended).err);
  return { process: child, url, ask: (path, init) => fetch(new URL(path, url), init), ended };
}

/** Ends it, as whoever runs it does. */
export async function stopService({ process, ended }: Service): Promise<{ readonly status: number | null; readonly err: string }> {
  process.kill('SIGTERM');
  return ended;
}

/** A number of /metrics. */
export async function metric({ ask }: Service, name: string): Promise<number> {
  const text = await (await ask('/metrics')).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1),
  );
}

/** Memory of a process in MB, where the system tells. */
export function residentMegabytes({ pid }: ChildProcess): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
