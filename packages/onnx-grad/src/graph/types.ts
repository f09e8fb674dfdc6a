/** Element types by the numbers that ONNX gives them (TensorProto.DataType). */
export const DataType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
} as const;

/** An element type that this package knows by name. */
export type ElementType = keyof typeof DataType;

const nameOf = new Map<number, ElementType>(Object.entries(DataType).map(([name, code]) => [code, name as ElementType]));

/** The name of an ONNX data type number; undefined for types that no gradient meets (complex, 2-bit numbers, 4-bit floats, sequences). */
export function elementType(code: number): ElementType | undefined {
  return nameOf.get(code);
}

const floating: ReadonlySet<ElementType | undefined> = new Set<ElementType>(['float32', 'float16', 'bfloat16', 'float64']);

/** Whether values of this type can carry a gradient. */
export function isFloating(type: ElementType | undefined): boolean {
  return floating.has(type);
}

const quantized: ReadonlySet<ElementType | undefined> = new Set<ElementType>([
  ...(['uint4', 'int4', 'uint8', 'int8', 'uint16', 'int16', 'int32'] as const),
  ...(['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz'] as const),
]);

/** Whether quantised numbers, or sums of their products, are stored in this type. */
export function isQuantized(type: ElementType | undefined): boolean {
  return quantized.has(type);
}

/** A dimension: its size where that is fixed, the name of a symbol (`batch`), or '' where nothing is known of it. */
export type Dimension = number | string;

/** A number as a size; nothing is known where it cannot be one. */
export function soundSize(size: Dimension): Dimension {
  return typeof size === 'string' || (size >= 0 && Number.isSafeInteger(size)) ? size : '';
}

/** Dimensions as they are known `now`; what is unknown of them as it was known `before`. */
export function merge(before: readonly Dimension[] | undefined, now: readonly Dimension[] | undefined): readonly Dimension[] | undefined {
  if (now === undefined || before?.length !== now.length || !now.includes('')) return now ?? before;
  return now.map((size, axis) => (size === '' ? (before[axis] ?? '') : size));
}

/** What is known about a value: undefined parts are unknown. */
export interface Fact {
  readonly type: ElementType | undefined;
  readonly dims: readonly Dimension[] | undefined;
}

/** A graph input, output or annotated value. */
export interface ValueInfo extends Fact {
  readonly name: string;
}

/** A stored tensor: described, not decoded. Its numbers stay in the model's bytes (or beside the file). */
export interface Initializer {
  readonly name: string;
  readonly type: ElementType | undefined;
  readonly dims: readonly number[];
  /** Byte range of the whole TensorProto field (tag included) within the model's bytes, for those who copy or leave it out. */
  readonly field: readonly [start: number, end: number];
  /** Byte range of the TensorProto message itself. */
  readonly message: readonly [start: number, end: number];
  /** Where the numbers are when they are not in the model's bytes. */
  readonly external: ExternalData | undefined;
}

export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** A small tensor whose numbers were decoded. int64 beyond 2^53 is rounded. */
export interface Constant {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

/** An attribute of a node as stored; the readers in `attributes.ts` give it its meaning. */
export interface Attribute {
  readonly name: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: string;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly string[];
  /** A tensor, still encoded. */
  readonly tensor?: Uint8Array;
  /** A subgraph, still encoded. */
  readonly graph?: Uint8Array;
  /** Names that a subgraph takes from the graph around it. */
  readonly captures?: readonly string[];
}

/** One node of the graph. An absent optional input or output is ''. */
export interface Node {
  /** Position in the graph's list, which ONNX keeps in topological order. */
  readonly index: number;
  readonly name: string;
  readonly opType: string;
  /** '' for the standard operators (also written `ai.onnx`). */
  readonly domain: string;
  /** Which of several model-local functions of one name is called. */
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}
