import { dequantized, GraphBuilder } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { floats, volumeOf } from '../explain/outputs.js';
import { channelsFirst } from '../graph/channels-first.js';
import type { Layer } from '../layers/layers.js';
import type { Model } from '../model/model.js';
import { unpacking } from '../model/unpacking.js';
import type { Volume } from '../picture/volume.js';
import type { Runtime, SessionOptions, Tensor } from '../runtime/runtime.js';

/** A layer's value for one picture, and the scores behind it. */
export interface FeatureMap {
  /** A, channels first. */
  readonly activations: Volume;
  /** Sizes of the value as the network has it. */
  readonly dims: readonly number[];
  /** What the network says of the picture; undefined where that is no score for each class. */
  readonly logits: Float32Array | undefined;
}

/**
 * A of each picture.
 *
 * @param images batches of one
 * @param visit told of each when it is there
 * @throws GradcamError `unsupported-model` for a model whose batch is fixed at several
 */
export async function readFeatures(
  runtime: Runtime,
  { graph, facts, input, scores }: Model,
  layer: Layer,
  images: readonly Tensor[],
  options: SessionOptions,
  visit: (features: FeatureMap) => void,
): Promise<void> {
  if (typeof input.batch === 'number' && input.batch !== 1)
    throw new GradcamError(
      'unsupported-model',
      `expected a model that takes one picture at a time, but its batch is fixed at ${input.batch}; export it with an open batch`,
    );
  const b = new GraphBuilder(graph, facts, 'gradcam');
  const activations = b.output('gradcam/activations', channelsFirst(b, b.cast(dequantized(b, layer.name), 'float32'), layer.layout));
  const shape = b.output('gradcam/shape', b.shape(layer.name));
  const logits = scores.kind === 'classes' ? b.output('gradcam/logits', b.cast(dequantized(b, scores.logits), 'float32')) : undefined;
  const session = await runtime.open(b.append(), unpacking(graph, options));
  try {
    for (const image of images) {
      const outputs = await session.run({ [input.name]: image }, [activations, shape, ...(logits === undefined ? [] : [logits])]);
      visit({
        activations: volumeOf(outputs, activations, 0),
        dims: Array.from(outputs[shape]?.data ?? [], Number),
        logits: logits === undefined ? undefined : floats(outputs, logits, 0, scores.classes),
      });
    }
  } finally {
    await session.close();
  }
}
