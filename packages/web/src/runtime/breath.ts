import type { Session } from '@gradcam/core';

/** As long as a frame of a display: messages wait no longer, and shorter runs lose nothing. */
const MILLISECONDS = 16;

let last = 0;

/**
 * A run blocks its thread, and one follows on another without the thread ever looking at its messages: a question to stop would
 * wait until all is done. So every 16 ms a run lets in what waits.
 */
export function breathing(session: Session): Session {
  return {
    inputs: session.inputs,
    outputs: session.outputs,
    async run(feeds, fetches) {
      const outputs = await session.run(feeds, fetches);
      if (performance.now() - last >= MILLISECONDS) {
        await nextTask();
        last = performance.now();
      }
      return outputs;
    },
    close: () => session.close(),
  };
}

/** Unlike a timer, a message to oneself is not held back. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
