import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { errnoCode } from './errors.js';

/** A lock that its holder has not touched for so long belongs to a process that is gone, whoever has its number now. */
const STALE_MS = 5 * 60 * 1000;

const TOUCH_MS = STALE_MS / 5;

/**
 * A lock that processes of one machine see: a file with the holder's number in it.
 *
 * @returns what releases the lock, or undefined while another live process holds it
 */
export async function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  if ((await create(path)) || ((await isStale(path)) && (await takeOver(path)))) return hold(path);
  return undefined;
}

function hold(path: string): () => Promise<void> {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, TOUCH_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    return rm(path, { force: true });
  };
}

async function create(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (errnoCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [holder, { mtimeMs }] = [Number(await readFile(path, 'utf8')), await stat(path)];
    return Date.now() - mtimeMs > STALE_MS || (Number.isSafeInteger(holder) && holder > 0 && !isAlive(holder));
  } catch {
    return false;
  }
}

/** Moving it away first: of several processes that see the same stale lock, one succeeds. */
async function takeOver(path: string): Promise<boolean> {
  const aside = `${path}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(path, aside);
    await rm(aside, { force: true });
  } catch {
    return false;
  }
  return create(path);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but another user's.
    return errnoCode(error) === 'EPERM';
  }
}
