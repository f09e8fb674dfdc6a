/**
 * What the explainer needs of a runtime that executes ONNX models. `@gradcam/node` implements it with onnxruntime-node
 * (or onnxruntime-web's wasm build), `@gradcam/web` with onnxruntime-web. One contract suite tests every implementation.
 */

/** Element types by their ONNX Runtime names. */
export type ElementType =
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'string';

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A dense tensor in row-major order; `float16` and `bfloat16` are kept as their bits in a Uint16Array, `bool` as 0 or 1 in a Uint8Array. */
export interface Tensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** A dimension: its size, the name of a symbol (`batch`), or '' where nothing is known of it. */
export type Dimension = number | string;

/** What a runtime says of an input or output. `dims` is undefined where not even the rank is known. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly Dimension[] | undefined;
}

export interface SessionOptions {
  /** Number of threads inside one operator; default: the runtime's. */
  readonly threads?: number;
  /** Graph optimisation level; default `all`. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  /** Weights kept outside of the model's bytes: location as written in the model → content. */
  readonly externalData?: ReadonlyMap<string, Uint8Array>;
  /**
   * The folder in which these very files lie, for runtimes that can map them into memory instead of taking a copy (onnxruntime-node): weights of
   * gigabytes then cost no second place. Whoever gives it has checked the locations (`readExternalData` of @gradcam/node does).
   */
  readonly externalFolder?: string;
  /** Weights that are stored as integers are made floating-point numbers once, when the model is opened; default: where nothing else in it is quantised. */
  readonly unpack?: boolean;
}

/** A loaded model. */
export interface Session {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Runs the model. @param fetches the outputs to return, all if absent. @throws GradcamError `runtime` */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

export interface Runtime {
  /** For messages and reports, e.g. `onnxruntime-node 1.30.0 (cpu)`. */
  readonly name: string;
  /** Loads a model. The bytes may be reused by the caller afterwards. @throws GradcamError `runtime` with the runtime's own words */
  open(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}
