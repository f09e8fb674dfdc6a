import { GradcamError, type Session, type SessionOptions, type Tensor } from '@gradcam/core';
import { type WebRuntime, type WebRuntimeOptions, webRuntime } from '@gradcam/web';
import { expose } from 'comlink';

/** What went wrong, in words that cross to another thread or process. */
export interface Failure {
  readonly failure: { readonly code: string; readonly message: string };
}

let runtime: WebRuntime;
const sessions: Session[] = [];

const remote = {
  start: (options: WebRuntimeOptions) =>
    answer(async () => {
      runtime = await webRuntime(options);
      const { name, device, threads } = runtime;
      return { name, device, threads };
    }),
  open: (model: Uint8Array, options: SessionOptions) =>
    answer(async () => {
      const session = await runtime.open(model, options);
      // The bytes are the caller's again.
      model.fill(0);
      return { id: sessions.push(session) - 1, inputs: session.inputs, outputs: session.outputs };
    }),
  run: (id: number, feeds: Record<string, Tensor>, fetches: string[] | undefined) => answer(async () => sessions[id]?.run(feeds, fetches)),
  close: (id: number) => answer(async () => sessions[id]?.close()),
};

export type Remote = typeof remote;

async function answer<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    return {
      failure: {
        code: error instanceof GradcamError ? error.code : 'unexpected',
        message: error instanceof Error ? error.message : String(error),
      },
    };
  }
}

expose(remote);
