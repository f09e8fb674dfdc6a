/** Tiny ONNX models for tests, encoded by hand: only the fields of ModelProto that they need (onnx.proto, IR version 8). */

type Dim = number | string;

/** Element types by their number in TensorProto.DataType. */
export const ONNX_TYPE = {
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
} as const;

export interface TinyModel {
  readonly nodes: readonly {
    readonly op: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly name?: string;
  }[];
  readonly inputs: Readonly<Record<string, Value>>;
  /** `undefined`: an output by name alone, whose type and shape the runtime infers. */
  readonly outputs: Readonly<Record<string, Value | undefined>>;
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly opset?: number;
}

export interface Value {
  readonly type: keyof typeof ONNX_TYPE;
  readonly dims?: readonly Dim[];
}

export interface Constant {
  readonly type: keyof typeof ONNX_TYPE;
  readonly dims: readonly number[];
  /** The elements' bytes in the file, or the name of a file that holds them. */
  readonly data: Uint8Array | { readonly location: string };
}

/** The bytes of a ModelProto. */
export function tinyModel(model: TinyModel): Uint8Array {
  const graph = concat([
    ...model.nodes.map((node) =>
      field(1, [
        ...node.inputs.map((name) => field(1, name)),
        ...node.outputs.map((name) => field(2, name)),
        field(3, node.name ?? ''),
        field(4, node.op),
      ]),
    ),
    field(2, 'tiny'),
    ...Object.entries(model.constants ?? {}).map(([name, constant]) => field(5, tensor(name, constant))),
    ...Object.entries(model.inputs).map(([name, value]) => field(11, valueInfo(name, value))),
    ...Object.entries(model.outputs).map(([name, value]) => field(12, valueInfo(name, value))),
  ]);
  return concat([field(1, 8), field(7, [graph]), field(8, [field(1, ''), field(2, model.opset ?? 17)])]);
}

function tensor(name: string, { type, dims, data }: Constant): Uint8Array[] {
  const head = [...dims.map((size) => field(1, size)), field(2, ONNX_TYPE[type]), field(8, name)];
  if (data instanceof Uint8Array) return [...head, field(9, data)];
  return [...head, field(13, [field(1, 'location'), field(2, data.location)]), field(14, 1)];
}

function valueInfo(name: string, value: Value | undefined): Uint8Array[] {
  if (value === undefined) return [field(1, name)];
  const dims = value.dims?.map((dim) => field(1, dim === '' ? [] : [typeof dim === 'number' ? field(1, dim) : field(2, dim)]));
  return [field(1, name), field(2, [field(1, [field(1, ONNX_TYPE[value.type]), ...(dims ? [field(2, dims)] : [])])])];
}

function field(number: number, value: number | string | Uint8Array | readonly Uint8Array[]): Uint8Array {
  if (typeof value === 'number') return concat([varint(number * 8), varint(value)]);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value instanceof Uint8Array ? value : concat(value);
  return concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
