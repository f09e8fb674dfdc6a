import type { Runtime } from '@gradcam/core';

/** How long the worker may be deaf, in milliseconds. */
const DEAF = 24;

/**
 * A runtime that lets the worker hear its messages between runs. WebAssembly computes within the call, so that a method of a thousand runs would
 * otherwise take its thousand promises in one go, and hear of a stop behind the last of them.
 */
export function attentive(runtime: Runtime): Runtime {
  let heard = performance.now();
  const listen = async () => {
    if (performance.now() - heard < DEAF) return;
    await macrotask();
    heard = performance.now();
  };
  return {
    name: runtime.name,
    open: async (model, options) => {
      const session = await runtime.open(model, options);
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        run: async (feeds, fetches) => {
          await listen();
          return session.run(feeds, fetches);
        },
        close: () => session.close(),
      };
    },
  };
}

/** A turn of the event loop, without the 4 ms that timers wait. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
