import type { Runtime, Session } from '@gradcam/core';

/** What many runs of a network take, and what plain inference takes in between, in milliseconds. */
export interface Interleaved {
  readonly many: number;
  /** Mean of one. */
  readonly plain: number;
}

/** A runtime that measures long work fairly on a shared machine: a slower moment of it meets both sides. */
export interface Interleaving {
  readonly runtime: Runtime;
  /** Work on sessions of that runtime, with plain inference after each of their runs, whose time is taken off. */
  readonly measure: (work: () => Promise<unknown>, plain: () => Promise<unknown>) => Promise<Interleaved>;
}

export function interleaving(own: Runtime): Interleaving {
  let between: (() => Promise<void>) | undefined;
  const runtime: Runtime = {
    name: own.name,
    open: async (model, options) => {
      const session = await own.open(model, options);
      const run: Session['run'] = async (feeds, fetches) => {
        const outputs = await session.run(feeds, fetches);
        await between?.();
        return outputs;
      };
      return { inputs: session.inputs, outputs: session.outputs, run, close: () => session.close() };
    },
  };
  const measure: Interleaving['measure'] = async (work, plain) => {
    let [inferences, spent] = [0, 0];
    between = async () => {
      const start = performance.now();
      await plain();
      spent += performance.now() - start;
      inferences++;
    };
    const start = performance.now();
    await work();
    const all = performance.now() - start;
    between = undefined;
    return { many: all - spent, plain: spent / inferences };
  };
  return { runtime, measure };
}
