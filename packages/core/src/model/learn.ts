import { type Facts, GraphBuilder, skeleton } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Dimension, Runtime, SessionOptions, Tensor, TensorData, ValueInfo } from '../runtime/runtime.js';

/** Sizes that stand for the symbolic ones of an input while shapes are measured: none equals another or a usual channel count. */
const PROBE_BATCH = 3;

/**
 * Completes what is known about some values. First the runtime infers their shapes on a skeleton of the model without its
 * weights (milliseconds); where that leaves gaps, as in transformers exported with computed shapes, the whole model runs
 * once on an empty picture and the shapes are measured.
 *
 * @param sizes sizes to measure at for symbolic dimensions of the inputs, by symbol; others are measured at 224
 */
export async function learnFacts(
  runtime: Runtime,
  facts: Facts,
  values: readonly string[],
  options: SessionOptions = {},
  sizes: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  const { graph } = facts;
  const incomplete = () => values.filter((value) => !facts.complete(value));
  if (incomplete().length === 0) return;
  const inferring = await runtime.open(skeleton(graph, incomplete()), { ...options, externalData: new Map(), optimization: 'disabled' });
  const wanted = new Set(incomplete());
  for (const { name, type, dims } of inferring.outputs) if (wanted.has(name)) facts.learn(name, { type, dims });
  await inferring.close();
  const missing = incomplete();
  if (missing.length === 0) return;
  const b = new GraphBuilder(graph, facts, 'probe');
  for (const value of missing) b.expose(value);
  const measuring = await runtime.open(b.append(), { ...options, optimization: 'disabled' });
  try {
    const feeds = Object.fromEntries(measuring.inputs.map((input) => [input.name, emptyTensor(input, sizes)]));
    const measured = await measuring.run(feeds, missing);
    const batch = graph.inputs[0]?.dims?.[0] ?? '';
    const open = graph.inputs.some(({ dims }) => dims?.some((size) => typeof size === 'string'));
    for (const [name, { type, dims }] of Object.entries(measured)) {
      const known = facts.of(name).dims;
      facts.learn(name, { type, dims: dims.map((size, axis) => known?.[axis] || measuredDimension(size, axis, batch, open)) });
    }
  } finally {
    await measuring.close();
  }
}

/** A measured size as a fact: fixed only where no input is open, else a symbol of its own, since it may follow the input. */
function measuredDimension(size: number, axis: number, batch: Dimension, open: boolean): Dimension {
  if (axis === 0 && typeof batch === 'string' && batch !== '' && size === PROBE_BATCH) return batch;
  return open && size !== 1 ? `measured ${size}` : size;
}

function emptyTensor({ name, type, dims }: ValueInfo, sizes: ReadonlyMap<string, number>): Tensor {
  if (dims === undefined)
    throw new GradcamError(
      'unsupported-model',
      `the shape of input '${name}' is unknown, and shapes inside of the model can't be measured without it`,
    );
  const shape = dims.map((size, axis) => (typeof size === 'number' ? size : (sizes.get(size) ?? (axis === 0 ? PROBE_BATCH : 224))));
  return {
    type,
    dims: shape,
    data: zeros(
      type,
      shape.reduce((product, size) => product * size, 1),
    ),
  };
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
