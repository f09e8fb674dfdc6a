import { GraphBuilder, gradient } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { checkFinite } from '../explain/maps.js';
import { floats, mapOf, volumeOf } from '../explain/outputs.js';
import { makePlan, type PlanOptions } from '../explain/plan.js';
import { checkInput, rowsOf } from '../explain/tensors.js';
import { contextOf } from '../graph/context.js';
import { appendClasses, appendTarget } from '../graph/target.js';
import type { LayerChoice } from '../layers/choose.js';
import { relearn } from '../model/learn.js';
import { type Model, readClassifier } from '../model/model.js';
import { unpacking } from '../model/unpacking.js';
import type { Runtime, Session, Tensor } from '../runtime/runtime.js';
import { choicesOf } from '../targets/index.js';
import type { ChannelParts } from './parts.js';

export interface ChannelOptions extends Pick<PlanOptions, 'output' | 'session' | 'target' | 'counterfactual'> {
  /** `auto` (default), `last-conv`, or the name of a value. Of several, as `auto` means in a detector, the last. */
  readonly layer?: LayerChoice;
}

/** −1 in the graph's `class` input: the most probable class. */
const MOST_PROBABLE = -1;

/** Names of what one run gives. */
type Named = Readonly<Record<'classes' | 'score' | 'weights' | 'activations' | 'gradients' | 'map', string>>;

/** A model loaded so that one run tells what each channel of a layer says of a class. Made by `openChannels`. */
export class ChannelExplainer {
  constructor(
    readonly model: Model,
    /** Name of the layer. */
    readonly layer: string,
    /** Number of classes that can be asked for. */
    readonly classes: number,
    private readonly session: Session,
    /** Name of the input of class indices. */
    private readonly chosen: string,
    private readonly names: Named,
  ) {}

  /**
   * Takes the Grad-CAM of one picture and class apart.
   *
   * @param input the network's input, in its own layout and type, a batch of one
   * @param index of the class; default: the most probable
   * @throws GradcamError `unknown-class`, `invalid-tensor`, `no-gradient` (numbers that are not finite), `runtime`
   */
  async explain(input: Tensor, index = MOST_PROBABLE): Promise<ChannelParts> {
    const { model, layer, classes, session, chosen, names } = this;
    if (index !== MOST_PROBABLE && !(Number.isInteger(index) && index >= 0 && index < classes))
      throw new GradcamError('unknown-class', `expected a class from 0 to ${classes - 1}, but got ${index}`);
    checkInput(model.input, input);
    if (rowsOf(input) !== 1) throw new GradcamError('invalid-tensor', `expected a batch of one image, but got ${rowsOf(input)}`);
    const asked: Tensor = { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(index)) };
    const outputs = await session.run({ [model.input.name]: input, [chosen]: asked }, Object.values(names));
    const activations = volumeOf(outputs, names.activations, 0);
    const parts: ChannelParts = {
      layer,
      class: Number(outputs[names.classes]?.data[0] ?? index),
      score: floats(outputs, names.score, 0, 1)[0] ?? Number.NaN,
      weights: floats(outputs, names.weights, 0, activations.channels),
      activations,
      gradients: volumeOf(outputs, names.gradients, 0),
      map: mapOf(outputs, names.map, 0),
    };
    checkFinite(parts.map, layer, parts.class);
    return parts;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

/**
 * Opens a model so that one run gives the parts of Grad-CAM, L = Σₖ αₖAₖ: feature maps Aₖ, gradients ∂y/∂Aₖ, weights αₖ and the sum.
 *
 * @param bytes an ONNX image classifier
 * @throws OnnxGradError, GradcamError as `openExplainer`
 * @example
 * const channels = await openChannels(runtime, bytes);
 * const parts = await channels.explain(tensor);
 * for (const channel of rankChannels(parts.weights).slice(0, 8)) console.log(channel, parts.weights[channel]);
 */
export async function openChannels(runtime: Runtime, bytes: Uint8Array, options: ChannelOptions = {}): Promise<ChannelExplainer> {
  const { layer: choice = 'auto', session: settings = {} } = options;
  const model = await readClassifier(runtime, bytes, options);
  const { graph, facts, input, scores } = model;
  if (typeof input.batch === 'number' && input.batch !== 1)
    throw new GradcamError(
      'unsupported-model',
      `expected a model that takes one picture at a time, but its batch is fixed at ${input.batch}; export it with an open batch`,
    );
  const { layers, target, sign } = await makePlan(runtime, model, { ...options, layers: [choice], methods: ['gradcam'] });
  const layer = layers.at(-1);
  if (layer === undefined) throw new GradcamError('no-layer', `the model has no layer '${choice}'`);

  const b = new GraphBuilder(graph, facts, 'gradcam');
  const chosen = b.input('class', 'int64', ['classes']);
  const learn = relearn(runtime, facts, settings);
  const { classes } = appendClasses(b, scores, chosen, target);
  const { score, cotangent } = await appendTarget(b, scores, { classes }, target, sign, learn);
  const scored = { score, gradients: gradient(b, new Map([[scores.logits, cotangent]]), [layer.name]) };
  const { gradients, activations, weightedSum, score: y } = contextOf({ b, input, seed: 0, learn }, layer, undefined, scored);
  const weights = b.mean(gradients, [2, 3]);
  const named = {
    classes: b.output('gradcam/classes', classes),
    score: b.output('gradcam/score', y),
    weights: b.output('gradcam/weights', weights),
    activations: b.output('gradcam/activations', activations),
    gradients: b.output('gradcam/gradients', gradients),
    map: b.output('gradcam/map', weightedSum(weights)),
  };
  const opened = await runtime.open(b.append(), unpacking(graph, settings));
  return new ChannelExplainer(model, layer.name, choicesOf(scores, target).count(scores), opened, chosen, named);
}
