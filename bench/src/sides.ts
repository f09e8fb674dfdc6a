import { type ImageResult, openExplainer, openGradient, type Runtime, readClassifier, type Session, type Tensor } from '@gradcam/core';
import type { ModelFile } from '@gradcam/node';

/** One of the things compared, opened and ready to run. */
export interface Opened {
  run(): Promise<unknown>;
  /** Draws what the last run explained: that takes its time when a heatmap is first looked at. */
  draw?(): void;
  close(): Promise<void>;
}

export type Side = 'plain' | 'explain' | 'gradient';

/** Opens a model for plain inference (every output of its own), for prediction with Grad-CAM of the default layer, or for the gradient of a class with respect to the picture. */
export async function openSide(side: Side, runtime: Runtime, { bytes, room }: ModelFile, threads: number): Promise<Opened> {
  const input = await noise(runtime, bytes);
  if (side === 'explain') {
    const explainer = await openExplainer(runtime, bytes, { session: { threads }, room });
    let last: ImageResult | undefined;
    return {
      run: async () => {
        last = await explainer.explainOne(input);
      },
      draw: () => last?.explanations.forEach(({ heatmap }) => void heatmap.data),
      close: () => explainer.close(),
    };
  }
  if (side === 'gradient') {
    const { graph, scores } = await readClassifier(runtime, bytes);
    const wrt = graph.inputs[0]?.name ?? '';
    const gradient = await openGradient(runtime, bytes, { of: scores.logits, wrt, class: 0, session: { threads } });
    return { run: () => gradient.run({ [wrt]: input }), close: () => gradient.close() };
  }
  const session: Session = await runtime.open(bytes, { threads });
  const feeds = { [session.inputs[0]?.name ?? '']: input };
  return { run: () => session.run(feeds), close: () => session.close() };
}

const inputs = new WeakMap<Uint8Array, Tensor>();

/** A fixed noise picture in the model's input shape. */
async function noise(runtime: Runtime, bytes: Uint8Array): Promise<Tensor> {
  const known = inputs.get(bytes);
  if (known !== undefined) return known;
  const { channels, height, width } = (await readClassifier(runtime, bytes)).input;
  const size = [Number(height), Number(width)] as const;
  const data = Float32Array.from({ length: channels * size[0] * size[1] }, (_, index) => Math.sin(index * 12.9898) * 1.5);
  const tensor: Tensor = { type: 'float32', dims: [1, channels, ...size], data };
  inputs.set(bytes, tensor);
  return tensor;
}
