import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchRun, startCommand } from './batch.js';

/** Whether Redis is installed: without it, tests of the queue are skipped, in words. */
export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A Redis of one's own, on a free port. */
export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(folder: string): Promise<RedisServer> {
    mkdirSync(folder, { recursive: true });
    const server = new RedisServer(await freePort(), folder);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it with the data that it had. */
  async start(): Promise<void> {
    // Every write is on the disk before it is answered, as a queue that must lose nothing is run.
    const settings = { port: this.port, bind: '127.0.0.1', dir: this.folder, save: '', appendonly: 'yes', appendfsync: 'always' };
    const argv = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#process = spawn('redis-server', argv, { stdio: 'ignore' });
    while (!(await answers(this.port))) await sleep(20);
  }

  /** At once, as a machine that loses its power. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process?.once('exit', resolve));
    this.#process?.kill('SIGKILL');
    await ended;
    this.#process = undefined;
  }

  /** Takes its data away; it does not run. */
  forget(): void {
    rmSync(join(this.folder, 'appendonlydir'), { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    if (this.#process !== undefined) await this.kill();
  }

  /** What `redis-cli` answers. */
  ask(...argv: string[]): string {
    return execFileSync('redis-cli', ['-p', String(this.port), ...argv], { encoding: 'utf8' });
  }
}

/** A run of `gradcam worker`: one network, and chunks of dead workers are soon taken over. */
export function startWorker(url: string, allow: string, ...argv: string[]): BatchRun {
  return startCommand('worker', '--queue', url, '--allow', allow, '--workers', '1', '--stalled', '2', ...argv);
}

/** A run of `gradcam batch --queue`, without options of a run on one machine. */
export function startProducer(url: string, source: string, output: string, ...argv: string[]): BatchRun {
  return startCommand('batch', source, '--output', output, '--queue', url, '--chunk', '8', '--every', '1', ...argv);
}

/** Chunks that are done. */
export function chunksOf(output: string): number {
  try {
    return readdirSync(join(output, '.gradcam', 'chunks')).length;
  } catch {
    return 0;
  }
}

/** Longer than anything takes that a test waits for, on a machine that is busy. */
const PATIENCE_MS = 60_000;

/** Waits for something to become true. @throws where it does not */
export async function until(is: () => boolean): Promise<void> {
  for (const begin = Date.now(); !is(); await sleep(20)) if (Date.now() - begin > PATIENCE_MS) throw new Error(`waited in vain for ${is}`);
}

/** Processes that a process has started. */
export function childrenOf({ pid }: ChildProcess): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Does something where somebody waits to read a pipe (`mkfifo`), who waits on meanwhile: whoever is killed then has read nothing. */
export function ifRead(pipe: string, act: () => void): void {
  let end: number;
  try {
    end = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return;
    throw error;
  }
  try {
    act();
  } finally {
    closeSync(end);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('data', (answer) => {
      socket.destroy();
      resolve(answer.toString().startsWith('+PONG'));
    });
    socket.on('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
