import { stat } from 'node:fs/promises';
import type { Threads } from '@gradcam/jobs';
import type { Run } from '../run/check.js';
import type { Allowed } from './allowed.js';
import { Host } from './host.js';
import { findModel, type OwnModels } from './model.js';

/** Runs whose model stays open: their chunks lie in the queue one after the other. */
const MAX_OPEN = 2;

interface Settings {
  readonly allowed: Allowed;
  readonly ownModels: OwnModels;
  readonly threads: Threads | undefined;
  readonly limitMs: number;
}

interface Entry {
  readonly host: Promise<Host>;
  users: number;
}

/** The processes of a worker, one for each of the latest runs. */
export class Hosts {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly settings: Settings) {}

  /** Works with the process of a run, which stays as long as that takes. @throws GradcamError where its model cannot be had */
  async use<T>(id: string, run: Run, work: (host: Host) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(id) ?? { host: this.#open(run), users: 0 };
    // The latest is the last.
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    entry.users++;
    try {
      return await work(await entry.host);
    } catch (error) {
      // Its model may be there next time.
      await entry.host.catch(() => this.#entries.get(id) === entry && this.#entries.delete(id));
      throw error;
    } finally {
      entry.users--;
      this.#closeOldest();
    }
  }

  close(): void {
    for (const { host } of this.#entries.values())
      void host.then(
        (open) => open.close(),
        () => undefined,
      );
    this.#entries.clear();
  }

  #closeOldest(): void {
    for (const [id, { host, users }] of this.#entries) {
      if (this.#entries.size <= MAX_OPEN) return;
      if (users > 0) continue;
      this.#entries.delete(id);
      void host.then(
        (open) => open.close(),
        () => undefined,
      );
    }
  }

  async #open(run: Run): Promise<Host> {
    const { allowed, ownModels, threads, limitMs } = this.settings;
    const path = await findModel(run, allowed, ownModels);
    const job = { ...run.job, model: { ...run.job.model, path } };
    // Where the producer's folder is not there, all paths are absolute.
    const isThere = (await stat(run.base).catch(() => undefined))?.isDirectory() === true;
    return new Host({ job, folder: run.folder, threads }, isThere ? run.base : process.cwd(), limitMs);
  }
}
