import { dequantized, type ElementType, extract, Facts, GraphBuilder, isFloating, readModel, type Tail, tailOf } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { channelsFirst } from '../graph/channels-first.js';
import { appendClasses, appendScore } from '../graph/target.js';
import type { Place } from '../layers/layout.js';
import { learnFacts } from '../model/learn.js';
import type { Model } from '../model/model.js';
import type { Runtime, Session, SessionOptions } from '../runtime/runtime.js';
import type { Target } from '../targets/target.js';
import type { Scoring } from './network.js';

/** Where a network is cut in two: at a layer. */
export interface Split {
  readonly model: Model;
  readonly layer: Place;
  readonly tail: Tail;
  /** Values beside the layer's that cross the cut; the picture may be among them. */
  readonly crossing: readonly string[];
}

/** What a session gives of a picture up to a layer: names of outputs. */
export interface Front {
  /** A in the layer's own layout, and channels first. */
  readonly held: string;
  readonly activations: string;
  /** What else the tail needs; each has the pictures of the batch along its first axis. The picture itself may be among them. */
  readonly crossing: readonly string[];
}

/** The network up to a layer. */
export interface FrontSession {
  readonly session: Session;
  readonly front: Front;
}

/** The network from a layer on, which computes y of masked feature maps. */
export interface MaskedTail extends Scoring {
  /** Inputs: A as the front gives it, and masks that are multiplied with it by numpy's broadcasting. */
  readonly held: string;
  readonly mask: string;
  /** Element type of both. */
  readonly type: ElementType;
}

/** Types of values that can be read from a runtime and fed again. */
const fed: ReadonlySet<string | undefined> = new Set(['float32', 'float16', 'float64', 'int64', 'int32', 'uint8', 'int8', 'bool']);

/**
 * Where the network is cut, and what crosses the cut beside the layer: values that hold one picture of the batch after the other, so
 * that they can be repeated. What holds it otherwise, such as a shape, is computed again behind the cut.
 */
export async function splitAt(runtime: Runtime, model: Model, layer: Place, options: SessionOptions): Promise<Split> {
  const { graph, facts, input, scores } = model;
  const asked = new Set<string>();
  const crosses = (value: string) => {
    asked.add(value);
    const { type, dims } = facts.of(value);
    return fed.has(type) && (typeof input.batch === 'number' || dims?.[0] === input.batch);
  };
  let tail: Tail;
  let known: number;
  do {
    known = asked.size;
    await learnFacts(runtime, facts, [layer.name, ...asked], options);
    tail = tailOf(graph, [layer.name], [scores.logits], crosses);
  } while (asked.size > known);
  return { model, layer, tail, crossing: tail.inputs.filter((name) => name !== layer.name) };
}

/** Makes outputs of what the tail needs. */
export function appendFront(b: GraphBuilder, { model, layer, crossing }: Split): Front {
  const real = dequantized(b, layer.name);
  const float = b.typeOf(real) === 'float64' ? real : b.cast(real, 'float32');
  for (const name of crossing) if (name !== model.input.name) b.expose(name);
  const activations = b.output(`gradcam/activations of ${layer.name}`, channelsFirst(b, float, layer.layout));
  return { held: b.output(`gradcam/held of ${layer.name}`, layer.name), activations, crossing };
}

export async function openFront(runtime: Runtime, split: Split, options: SessionOptions): Promise<FrontSession> {
  const { model, layer, crossing } = split;
  const { graph, facts, input } = model;
  const read = [layer.name, ...crossing.filter((name) => name !== input.name)];
  const tail = tailOf(graph, [], read, () => false);
  const bytes = extract(graph, tail, { outputs: [], facts: (value) => facts.of(value) });
  const cut = readModel(bytes, { externalData: graph.externalData });
  const b = new GraphBuilder(cut, new Facts(cut, facts), 'gradcam');
  const front = appendFront(b, split);
  return { session: await runtime.open(b.append(), options), front };
}

/** @throws GradcamError `no-layer` for a layer of numbers that masks cannot be multiplied with */
export async function openTail(runtime: Runtime, split: Split, target: Target, options: SessionOptions): Promise<MaskedTail> {
  const { model, layer, tail } = split;
  const { graph, facts, scores } = model;
  const { type = facts.floatType, dims } = facts.of(layer.name);
  if (!fed.has(type) || !isFloating(type))
    throw new GradcamError(
      'no-layer',
      `expected a layer of float32, float16 or float64 to mask, but '${layer.name}' holds ${type}; choose another: a layer that is dequantised or cast from it`,
    );
  const free = (name: string): string => (graph.has(name) ? free(`${name}_`) : name);
  const [held, mask] = [free('gradcam/held'), free('gradcam/mask')];
  const before = {
    nodes: [{ opType: 'Mul', inputs: [held, mask], outputs: [layer.name] }],
    initializers: new Map(),
    inputs: [
      { name: held, type, dims },
      { name: mask, type, dims: dims?.map(() => '') },
    ],
    outputs: [],
  };
  const bytes = extract(graph, tail, { outputs: [scores.logits], facts: (value) => facts.of(value), before });
  const behind = readModel(bytes, { externalData: graph.externalData });
  const known = new Facts(behind, facts);
  const b = new GraphBuilder(behind, known, 'gradcam');
  const classes = b.input('class', 'int64', ['classes']);
  const score = appendScore(b, scores, appendClasses(b, scores, classes, target), target);
  const y = b.output('gradcam/score', b.typeOf(score) === 'float64' ? score : b.cast(score, 'float32'));
  return { session: await runtime.open(b.append(), options), held, mask, type, classes, score: y };
}
