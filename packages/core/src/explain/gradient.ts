import { type Cotangent, Facts, findPath, GraphBuilder, gradient, isFloating } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { shapeText } from '../model/input.js';
import { learnFacts } from '../model/learn.js';
import { readGraph } from '../model/read.js';
import { unpacking } from '../model/unpacking.js';
import type { Runtime, Session, SessionOptions, Tensor, ValueInfo } from '../runtime/runtime.js';

export interface GradientOptions {
  /** The value that is differentiated, taken literally. */
  readonly of: string;
  /** The value with respect to which. */
  readonly wrt: string;
  /** Differentiate this entry of the last axis; default: the sum of all entries. */
  readonly class?: number;
  readonly session?: SessionOptions;
}

/** A model loaded to give one gradient. Made by `openGradient`. */
export class ValueGradient {
  constructor(
    /** Inputs that a run must be fed. */
    readonly inputs: readonly ValueInfo[],
    private readonly session: Session,
    private readonly output: string,
  ) {}

  /** @returns d of / d wrt, in the shape of `wrt` */
  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Tensor> {
    const result = (await this.session.run(feeds, [this.output]))[this.output];
    if (result === undefined) throw new GradcamError('runtime', `the runtime gave no output '${this.output}'`);
    return result;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

/**
 * Opens any model for the gradient of one of its values with respect to another: Σ over all entries of `of`, or over one
 * index of its last axis.
 *
 * @throws OnnxGradError `unknown-value`, `no-gradient`, `unsupported-operator`; GradcamError `unknown-class`
 */
export async function openGradient(
  runtime: Runtime,
  bytes: Uint8Array,
  { of, wrt, class: index, session = {} }: GradientOptions,
): Promise<ValueGradient> {
  const graph = await readGraph(runtime, bytes, session);
  graph.require(of);
  graph.require(wrt);
  const facts = new Facts(graph);
  await learnFacts(runtime, facts, [of, wrt], session);
  requireFloating(facts, wrt);
  const { values, steps } = findPath(graph, facts, [wrt], [of]);
  const inputs = steps.flatMap(({ node }) => node.inputs.filter((name) => name !== '' && !graph.initializers.has(name)));
  await learnFacts(runtime, facts, [...new Set([...values, ...inputs])], session);
  const b = new GraphBuilder(graph, facts, 'gradient');
  const seed = index === undefined ? ones(b, of) : oneOf(b, of, index);
  const cotangent = gradient(b, new Map([[of, seed]]), [wrt]).get(wrt) ?? '';
  const output = b.output('gradient', cotangent);
  const opened = await runtime.open(b.append(), unpacking(graph, session));
  return new ValueGradient(opened.inputs, opened, output);
}

/** Ones in the shape of a value, which a runtime can tell without running it: it then knows that cotangents have as many rows as the value. */
function ones(b: GraphBuilder, value: string): string {
  return b.shift(b.zerosLike(b.real(value)), 1);
}

/** 1 at one index of the last axis, 0 elsewhere, as the cotangent of a value. */
function oneOf(b: GraphBuilder, value: string, index: number): Cotangent {
  const { dims } = b.facts.of(value);
  const size = dims?.at(-1);
  if (typeof size !== 'number')
    throw new GradcamError('unsupported-model', `a class needs a last axis of fixed size, but '${value}' is ${shapeText(dims)}`);
  if (!Number.isInteger(index) || index < 0 || index >= size)
    throw new GradcamError(
      'unknown-class',
      `expected a class from 0 to ${size - 1} (the last axis of '${value}' ${shapeText(dims)}), but got ${index}`,
    );
  if (dims?.length !== 2) return oneHotLike(b, value, index, size);
  // Scores of classes: then a classifier's weights are read for this one alone. Any index of each row tells how many rows there are.
  const type = b.cotangentType(value);
  const rows = b.node('ArgMax', [b.real(value)], { axis: 1, keepdims: 0 }, 'int64');
  const zeros = b.sub(rows, rows);
  return { index: b.shift(zeros, index), value: b.unsqueeze(b.cast(b.shift(zeros, 1), type), [1]) };
}

/** The same as a value in the shape of the other. */
function oneHotLike(b: GraphBuilder, value: string, index: number, size: number): string {
  const row = b.constant(
    b.cotangentType(value),
    [size],
    Array.from({ length: size }, (_, entry) => (entry === index ? 1 : 0)),
  );
  return b.mul(ones(b, value), row);
}

/** @throws GradcamError `no-gradient` for a value of integers, naming the first floating-point value that is computed from it */
function requireFloating(facts: Facts, value: string): void {
  const { type } = facts.of(value);
  if (type === undefined || isFloating(type)) return;
  const { graph } = facts;
  const after = new Set([value]);
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => after.has(name))) continue;
    const [output = ''] = node.outputs;
    const floating = node.opType === 'Cast' || node.opType === 'DequantizeLinear' || isFloating(facts.of(output).type);
    if (floating)
      throw new GradcamError(
        'no-gradient',
        `'${value}' holds ${type} numbers, which have no gradient; the first floating-point value after it is '${output}': ask for --wrt '${output}'`,
      );
    for (const name of node.outputs) after.add(name);
  }
  throw new GradcamError(
    'no-gradient',
    `'${value}' holds ${type} numbers, which have no gradient, and no floating-point value is computed from it`,
  );
}
