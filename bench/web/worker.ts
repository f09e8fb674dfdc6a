import { openExplainer, readClassifier, type Tensor } from '@gradcam/core';
import { webRuntime } from '@gradcam/web';
import { expose } from 'comlink';

/** Rounds that are not counted. In each round both sides run once, so that a slower moment meets both. */
const WARM_UP = 3;

/** Milliseconds of a run of each side, medians. */
export interface Times {
  readonly plain: number;
  readonly explain: number;
}

const sides = {
  /** Plain inference of a model and its explanation by Grad-CAM, on the same noise. */
  async times(url: string, threads: number, rounds: number): Promise<Times> {
    const runtime = await webRuntime({ threads });
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    const { channels, height, width } = (await readClassifier(runtime, bytes)).input;
    const dims = [1, channels, Number(height), Number(width)];
    const data = Float32Array.from(
      { length: dims.reduce((product, size) => product * size) },
      (_, index) => Math.sin(index * 12.9898) * 1.5,
    );
    const input: Tensor = { type: 'float32', dims, data };

    const session = await runtime.open(bytes, {});
    const explainer = await openExplainer(runtime, bytes);
    const feeds = { [session.inputs[0]?.name ?? '']: input };
    const plain = { run: () => session.run(feeds), times: [] as number[] };
    const explain = { run: () => explainer.explain(input), times: [] as number[] };
    for (let round = -WARM_UP; round < rounds; round++) {
      for (const side of round % 2 === 0 ? [plain, explain] : [explain, plain]) {
        const start = performance.now();
        await side.run();
        if (round >= 0) side.times.push(performance.now() - start);
      }
    }
    await session.close();
    await explainer.close();
    return { plain: median(plain.times), explain: median(explain.times) };
  },
};

export type Sides = typeof sides;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

expose(sides);
