import { OnnxGradError } from '../errors.js';
import type { Graph } from './graph.js';
import { inferShapes } from './infer.js';
import { type Dimension, type ElementType, type Fact, isFloating, merge } from './types.js';

/**
 * What is known about the values of a graph: element type, rank, and of each dimension its size or symbol. What a runtime
 * said (`learn`) wins over what the file declares, and that over what simple rules infer.
 */
export class Facts {
  readonly #learned: Map<string, Fact>;
  #floatType: ElementType | undefined;
  #inferred: ReadonlyMap<string, Fact> | undefined;

  /** @param known what was learned of a graph that this one extends */
  constructor(
    readonly graph: Graph,
    known?: Facts,
  ) {
    this.#learned = new Map(known === undefined ? [] : known.#learned);
  }

  /** Adds what a runtime says. Parts that it does not know leave what was known before. */
  learn(value: string, fact: Fact): void {
    const before = this.of(value);
    this.#learned.set(value, { type: fact.type ?? before.type, dims: merge(before.dims, fact.dims) });
  }

  /** States a value that a builder adds: no file declares it, and no runtime is asked. */
  state(value: string, fact: Fact): void {
    this.#learned.set(value, fact);
  }

  /** What a runtime or the file says, without inference. */
  told(value: string): Fact | undefined {
    return this.#learned.get(value) ?? this.graph.declared(value);
  }

  of(value: string): Fact {
    const told = this.told(value);
    if (told?.type !== undefined && told.dims?.includes('') === false) return told;
    this.#inferred ??= inferShapes(this.graph, (name) => this.told(name));
    const inferred = this.#inferred.get(value) ?? this.#ofConstant(value);
    return { type: told?.type ?? inferred.type, dims: merge(inferred.dims, told?.dims) };
  }

  /** Whether the type and every dimension of a value are known, be it as a symbol. */
  complete(value: string): boolean {
    const { type, dims } = this.of(value);
    return type !== undefined && dims !== undefined && !dims.includes('');
  }

  /** @throws OnnxGradError `missing-fact` */
  dims(value: string): readonly Dimension[] {
    const { dims } = this.of(value);
    if (dims === undefined)
      throw new OnnxGradError(
        'missing-fact',
        `the rank of value '${value}' is needed and unknown; give the model's shapes (onnx shape inference) or learn them from a runtime`,
      );
    return dims;
  }

  rank(value: string): number {
    return this.dims(value).length;
  }

  /**
   * Whether a dimension is 1, so that broadcasting may have spread it; symbols stand for larger sizes.
   *
   * @throws OnnxGradError `missing-fact` where nothing is known of it: a wrong guess would be a wrong gradient
   */
  isOne(value: string, axis: number): boolean {
    const size = this.dims(value)[axis];
    if (size !== '') return size === 1;
    throw new OnnxGradError(
      'missing-fact',
      `whether dimension ${axis} of value '${value}' is 1 is needed and unknown; give the model's shapes (onnx shape inference) or learn them from a runtime`,
    );
  }

  /** Element type of a value; where nobody knows it, the one floating-point type that the model uses. */
  type(value: string): ElementType {
    return this.of(value).type ?? this.floatType;
  }

  /** The floating-point type of the model's inputs, else of its weights, else float32. */
  get floatType(): ElementType {
    this.#floatType ??=
      [...this.graph.inputs, ...this.graph.initializers.values()].map(({ type }) => type).find((type) => isFloating(type)) ?? 'float32';
    return this.#floatType;
  }

  #ofConstant(value: string): Fact {
    const constant = this.graph.constant(value);
    return { type: constant?.type, dims: constant?.dims };
  }
}

/** Number of elements in the dimensions, or undefined where one is not fixed. */
export function sizeOf(dims: readonly Dimension[]): number | undefined {
  let size = 1;
  for (const dim of dims) {
    if (typeof dim !== 'number') return undefined;
    size *= dim;
  }
  return size;
}
