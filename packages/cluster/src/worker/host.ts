import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { errorOf, GradcamError } from '@gradcam/core';
import type { KeyedItem, Result } from '@gradcam/jobs';
import { processPicture, type Timed } from '../telemetry/traces.js';
import type { Answer, Opening, Question } from './messages.js';
import { Permits } from './permits.js';

/** A picture was at hand when its process died, or was ended because of it. */
export class Died extends Error {
  override readonly name = 'Died';
}

const DEATH = 'the worker died';

interface Waiting {
  readonly resolve: (value: number | Timed) => void;
  readonly reject: (error: Error) => void;
}

interface Process {
  readonly child: ChildProcess;
  readonly waiting: Map<number, Waiting>;
  /** How many pictures keep it busy. */
  readonly room: Promise<number>;
}

/** A process in which the pictures of one run are explained. Where it dies, the next picture starts another. */
export class Host {
  #process: Process | undefined;
  #permits: Permits | undefined;
  #count = 0;

  /**
   * @param folder where the process runs: relative paths begin there
   * @param limitMs longest time for a picture
   */
  constructor(
    private readonly opening: Opening,
    private readonly folder: string,
    private readonly limitMs: number,
  ) {}

  /**
   * Explains a picture as soon as there is room for it.
   *
   * @param alone while no other picture is: what happens then is its doing
   * @throws Died; GradcamError where the run's model cannot be opened, or its storage not be used
   */
  async explain(item: KeyedItem, alone: boolean): Promise<Result> {
    this.#permits ??= new Permits(await this.#opened().room);
    const { total } = this.#permits;
    const release = await this.#permits.take(alone ? total : 1);
    try {
      const process = this.#opened();
      await process.room;
      const before = process.waiting.size;
      // Those before it may take their time, too.
      const { networks } = this.opening.threads ?? { networks: 1 };
      const limitMs = this.limitMs * (1 + before / networks);
      return await processPicture(item.image, () => this.#inTime(process, this.#ask<Timed>(process, { item }), limitMs));
    } finally {
      release();
    }
  }

  close(): void {
    this.#process?.child.kill('SIGKILL');
    this.#process = undefined;
  }

  #opened(): Process {
    this.#process ??= this.#start();
    return this.#process;
  }

  #start(): Process {
    const child = fork(fileURLToPath(new URL('./process.js', import.meta.url)), {
      cwd: this.folder,
      // Maps are arrays of numbers, which JSON has not.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const waiting = new Map<number, Waiting>();
    const over = (error: Error) => {
      if (this.#process?.child === child) this.#process = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    child.on('message', (answer: Answer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('value' in answer) asked?.resolve(answer.value);
      else asked?.reject(errorOf(answer.error));
    });
    child.on('error', () => over(new Died(DEATH)));
    child.on('exit', () => over(new Died(DEATH)));
    const process = { child, waiting };
    const room = this.#ask<number>(process, { open: this.opening }).catch((error: unknown) => {
      child.kill('SIGKILL');
      if (!(error instanceof Died)) throw error;
      throw new GradcamError(
        'runtime',
        `the worker died while it opened the model '${this.opening.job.model.name}': is there memory enough?`,
      );
    });
    room.catch(() => undefined);
    return { ...process, room };
  }

  #ask<T extends number | Timed>(
    { child, waiting }: Omit<Process, 'room'>,
    what: Omit<Extract<Question, { item: unknown }>, 'id'> | { open: Opening },
  ): Promise<T> {
    const id = this.#count++;
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      child.send({ id, ...what }, (error) => {
        if (error !== null && waiting.delete(id)) reject(new Died(DEATH));
      });
    });
  }

  async #inTime(process: Process, answer: Promise<Timed>, limitMs: number): Promise<Timed> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Died(`took longer than ${this.limitMs / 1000} s`));
        // It takes a moment to die: the next picture must not be given to it.
        if (this.#process === process) this.close();
      }, limitMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
