import { type Fact, Facts, GraphBuilder, type Learn, skeleton } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Dimension, Runtime, SessionOptions, Tensor, TensorData, ValueInfo } from '../runtime/runtime.js';

/** Batches at which shapes are measured: a size that doubles from one to the other follows the batch, one that stays does not. */
const PROBE_BATCHES = [1, 2] as const;

/** What an open height or width of an input is while shapes are measured. */
const PROBE_SIDE = 224;

/** Numbers of an empty input, for the size of which a file is not to be trusted: 10 pictures of 2048 × 2048 have as many. */
const MAX_PROBE_ELEMENTS = 2 ** 27;

/**
 * Completes what is known about some values. What follows from the graph is known already. For the rest, as where the file leaves the
 * picture's size open, the runtime first infers shapes on a skeleton of the model without its weights (milliseconds); where that leaves gaps,
 * the whole model runs on empty pictures and the shapes are measured.
 */
export async function learnFacts(runtime: Runtime, facts: Facts, values: readonly string[], options: SessionOptions = {}): Promise<void> {
  const { graph } = facts;
  const incomplete = () => values.filter((value) => !facts.complete(value));
  if (incomplete().length === 0) return;
  const wanted = new Set(incomplete().filter((value) => !isHidden(facts.of(value).type)));
  const inferring = await runtime.open(skeleton(graph, wanted), { ...options, externalData: new Map(), optimization: 'disabled' });
  for (const { name, type, dims } of inferring.outputs) if (wanted.has(name)) facts.learn(name, { type, dims });
  await inferring.close();
  const missing = incomplete();
  if (missing.length > 0) await measure(runtime, facts, missing, options);
}

/** Tells the facts of a graph that extends one whose facts are known: what `GraphBuilder.extend` asks for. */
export function relearn(runtime: Runtime, known: Facts, options: SessionOptions = {}): Learn {
  return async (graph) => {
    const facts = new Facts(graph, known);
    const added = graph.nodes.filter(({ index }) => index >= known.graph.nodes.length);
    await learnFacts(
      runtime,
      facts,
      added.flatMap(({ outputs }) => outputs.filter((name) => name !== '')),
      options,
    );
    return facts;
  };
}

/** Whether no runtime hands numbers of this type to JavaScript: a model with such an output cannot be opened, so only their shapes are asked. */
function isHidden(type: Fact['type']): boolean {
  return type === 'bfloat16' || (type?.startsWith('float8') ?? false);
}

/** Runs the model for the shapes of values: the shapes alone are read back, whatever the size of what they belong to. */
async function measure(runtime: Runtime, facts: Facts, values: readonly string[], options: SessionOptions): Promise<void> {
  const { graph } = facts;
  const b = new GraphBuilder(graph, facts, 'probe');
  // Last values first: the runtime then computes each shape right behind its value, and frees that before the next.
  const shapes = new Map(values.toReversed().map((value) => [value, b.output(`probe/shape of ${value}`, b.shape(value))]));
  const measuring = await runtime.open(b.append(), { ...options, optimization: 'disabled' });
  const batch = graph.inputs[0]?.dims?.[0] ?? '';
  // Nothing but the batch is open: what does not follow the batch is fixed.
  const fixed = graph.inputs.every(({ dims }) => dims?.slice(1).every((size) => typeof size === 'number'));
  try {
    const runs: Record<string, Tensor>[] = [];
    for (const images of typeof batch === 'string' ? PROBE_BATCHES : [1]) {
      const feeds = Object.fromEntries(
        measuring.inputs.map((input) => [input.name, emptyTensor({ ...input, dims: facts.of(input.name).dims ?? input.dims }, images)]),
      );
      runs.push(await measuring.run(feeds, [...shapes.values()]));
    }
    for (const [value, shape] of shapes) {
      const { type, dims: known } = facts.of(value);
      const [once = [], twice = once] = runs.map((run) => Array.from(run[shape]?.data ?? [], Number));
      const dims = once.map((size, axis) => known?.[axis] || measuredDimension(size, twice[axis] ?? size, batch, fixed));
      facts.learn(value, { type, dims });
    }
  } finally {
    await measuring.close();
  }
}

/** A size measured for one image and for two: a number, a multiple of the batch, or a symbol of its own where it may follow the picture. */
function measuredDimension(once: number, twice: number, batch: Dimension, fixed: boolean): Dimension {
  if (once === twice && (fixed || once === 1)) return once;
  if (batch !== '' && twice === 2 * once && (fixed || once === 1)) return once === 1 ? batch : `${once}*${batch}`;
  return `measured ${once}`;
}

function emptyTensor({ name, type, dims }: ValueInfo, images: number): Tensor {
  if (dims === undefined)
    throw new GradcamError(
      'unsupported-model',
      `the shape of input '${name}' is unknown, and shapes inside of the model can't be measured without it`,
    );
  const shape = dims.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? images : PROBE_SIDE));
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > MAX_PROBE_ELEMENTS)
    throw new GradcamError(
      'limit',
      `input '${name}' has ${count} numbers, and shapes inside of the model must be measured, with at most ${MAX_PROBE_ELEMENTS}; export the model for smaller pictures, or with its shapes (onnx shape inference)`,
    );
  return { type, dims: shape, data: zeros(type, count) };
}

function zeros(type: ValueInfo['type'], count: number): TensorData {
  switch (type) {
    case 'float32':
      return new Float32Array(count);
    case 'float64':
      return new Float64Array(count);
    case 'float16':
    case 'bfloat16':
    case 'uint16':
      return new Uint16Array(count);
    case 'int64':
      return new BigInt64Array(count);
    case 'uint64':
      return new BigUint64Array(count);
    case 'int32':
      return new Int32Array(count);
    case 'uint32':
      return new Uint32Array(count);
    case 'int16':
      return new Int16Array(count);
    case 'int8':
      return new Int8Array(count);
    case 'uint8':
    case 'bool':
      return new Uint8Array(count);
    case 'string':
      throw new GradcamError('unsupported-model', 'models with text inputs are not supported');
  }
}
