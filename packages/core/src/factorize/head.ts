import { extract, isFloating, type Tail, tailOf } from 'onnx-grad';
import { floats } from '../explain/outputs.js';
import { hasTokens, holds } from '../layers/axes.js';
import type { Layer } from '../layers/layers.js';
import type { Model } from '../model/model.js';
import { unpacking } from '../model/unpacking.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Runtime, SessionOptions } from '../runtime/runtime.js';

/**
 * What the network makes of feature maps alone: the nodes from the layer to the logits, where nothing of the picture goes around the layer,
 * neither by a skip connection nor in a class token.
 *
 * @returns undefined where something does
 */
export function headOf({ graph, facts, scores }: Model, { name, layout }: Layer): Tail | undefined {
  const readable = ['float32', 'float64'].includes(facts.type(scores.logits));
  if (!readable || !isFloating(facts.type(name)) || layout.axes.some(hasTokens)) return undefined;
  const tail = tailOf(graph, [name], [scores.logits]);
  return tail.inputs.every((value) => value === name) ? tail : undefined;
}

/** A head to run. */
export interface Head {
  readonly runtime: Runtime;
  readonly model: Model;
  readonly layer: Layer;
  /** As {@link headOf} gave it. */
  readonly head: Tail;
  readonly session: SessionOptions;
}

/**
 * The logits of pictures that are one vector of channels all over: the vector itself through the classifier, where that pools over positions.
 *
 * @param vectors each of the layer's channels
 * @param dims of the layer's value for one picture
 * @returns logits of each vector
 */
export async function headLogits(
  { runtime, model: { graph, facts, scores }, layer: { name, layout }, head, session: options }: Head,
  vectors: readonly Float32Array[],
  dims: readonly number[],
): Promise<Float32Array[]> {
  const type = facts.type(name);
  const axis = layout.axes.findIndex((held) => holds(held, 'channels'));
  const count = dims.reduce((product, size) => product * size, 1);
  // How many numbers lie between one channel and the next.
  const stride = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const bytes = extract(graph, head, { outputs: [scores.logits], facts: (value) => facts.of(value) });
  const session = await runtime.open(bytes, unpacking(graph, options));
  try {
    const logits: Float32Array[] = [];
    for (const vector of vectors) {
      const data = Float32Array.from({ length: count }, (_, index) => vector[Math.floor(index / stride) % vector.length] ?? 0);
      const outputs = await session.run({ [name]: inTypeOf({ type: 'float32', dims, data }, { name, type }) }, [scores.logits]);
      logits.push(floats(outputs, scores.logits, 0, scores.classes));
    }
    return logits;
  } finally {
    await session.close();
  }
}
