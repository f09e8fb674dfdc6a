// A model in wider numbers: the same graph with its floating-point types replaced, so that differences are not drowned in rounding.
import { fromHalf } from './tensors.mjs';

/** Numbers of TensorProto.DataType. */
const [FLOAT, FLOAT16, DOUBLE, BFLOAT16] = [1, 10, 11, 16];

/** What is replaced by what, the widest first. */
const LIFTS = [
  { type: 'float64', code: DOUBLE, from: [FLOAT, FLOAT16, BFLOAT16] },
  { type: 'float32', code: FLOAT, from: [FLOAT16, BFLOAT16] },
];

/** The newest IR version and operator set that ONNX Runtime 1.30 takes. */
const NEWEST = { irVersion: 13, opset: 26 };

/** A model of a newer format or operator set stamped as the newest that ONNX Runtime takes; it may hold nothing that is new in it. */
export function stampedDown(bytes) {
  const opset = (import_) => {
    const isStandard = !fields(import_).some(({ number, value }) => number === 1 && value.length > 0);
    return isStandard ? rewrite(import_, undefined, { 2: (version) => Math.min(version, NEWEST.opset) }) : import_;
  };
  return rewrite(bytes, undefined, { 1: (version) => Math.min(version, NEWEST.irVersion), 8: opset });
}

/** The model in each wider type: [{ type, lifts(type), bytes }], the widest first; the last is the model as it is. */
export function* lifted(bytes) {
  for (const lift of LIFTS) {
    const narrow = { float16: FLOAT16, float32: FLOAT, bfloat16: BFLOAT16 };
    yield { bytes: model(bytes, lift), typeOf: (type) => (lift.from.includes(narrow[type]) ? lift.type : type) };
  }
  yield { bytes, typeOf: (type) => type };
}

const model = (bytes, lift) => rewrite(bytes, lift, { 7: graph, 25: localFunction });
const graph = (bytes, lift) => rewrite(bytes, lift, { 1: node, 5: tensor, 11: valueInfo, 12: valueInfo, 13: valueInfo });
const localFunction = (bytes, lift) => rewrite(bytes, lift, { 7: node, 11: attribute, 12: valueInfo });
const node = (bytes, lift) => rewrite(bytes, lift, { 5: attribute });
const valueInfo = (bytes, lift) => rewrite(bytes, lift, { 2: type });
const type = (bytes, lift) => rewrite(bytes, lift, { 1: tensorType, 4: elementOf, 9: elementOf });
const elementOf = (bytes, lift) => rewrite(bytes, lift, { 1: type });
const tensorType = (bytes, lift) => rewrite(bytes, lift, { 1: code });
const code = (value, { code, from }) => (from.includes(value) ? code : value);

function attribute(bytes, lift) {
  const name = fields(bytes)
    .find(({ number }) => number === 1)
    ?.value.toString('utf8');
  return rewrite(bytes, lift, { 5: tensor, 6: graph, 10: tensor, 11: graph, ...(/^(to|dtype)$/.test(name) ? { 3: code } : {}) });
}

function tensor(bytes, { code, from }) {
  const all = fields(bytes);
  const type = all.find(({ number }) => number === 2)?.value;
  if (!from.includes(type)) return bytes;
  const data = Buffer.from(all.filter(({ number }) => number === 4 || number === 9).flatMap(({ value }) => [...value]));
  let numbers = Array.from({ length: data.length / (type === FLOAT ? 4 : 2) }, (_, index) => {
    if (type === FLOAT) return data.readFloatLE(4 * index);
    return half(data.readUInt16LE(2 * index), type);
  });
  const listed = all.filter(({ number }) => number === 5).flatMap(({ wire, value }) => (wire === 0 ? [value] : varints(value)));
  if (listed.length > 0) numbers = listed.map((bits) => half(bits, type));
  const raw = code === DOUBLE ? Float64Array.from(numbers) : Float32Array.from(numbers);
  const kept = all.filter(({ number }) => ![2, 4, 5, 9].includes(number));
  return encode([...kept, { number: 2, wire: 0, value: code }, { number: 9, wire: 2, value: Buffer.from(raw.buffer) }]);
}

function half(bits, type) {
  if (type === FLOAT16) return fromHalf(bits);
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0];
}

function rewrite(bytes, lift, parts) {
  return encode(fields(bytes).map((field) => ({ ...field, value: parts[field.number]?.(field.value, lift) ?? field.value })));
}

/** The fields of a protocol buffer's message: [{ number, wire, value }]. */
function fields(bytes) {
  const found = [];
  const at = { position: 0 };
  while (at.position < bytes.length) {
    const tag = varint(bytes, at);
    const wire = tag & 7;
    let value;
    if (wire === 0) value = varint(bytes, at);
    else {
      const length = wire === 2 ? varint(bytes, at) : wire === 1 ? 8 : 4;
      value = Buffer.from(bytes.buffer, bytes.byteOffset + at.position, length);
      at.position += length;
    }
    found.push({ number: tag >>> 3, wire, value });
  }
  return found;
}

function encode(all) {
  return Buffer.concat(
    all.flatMap(({ number, wire, value }) => {
      const head = bytesOf((number << 3) | wire);
      if (wire === 0) return [head, bytesOf(value)];
      return wire === 2 ? [head, bytesOf(value.length), value] : [head, value];
    }),
  );
}

function varints(bytes) {
  const values = [];
  for (const at = { position: 0 }; at.position < bytes.length; ) values.push(varint(bytes, at));
  return values;
}

/** Integers beyond 2^53, and negative ones, stay exact as BigInt. */
function varint(bytes, at) {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[at.position++];
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
}

function bytesOf(value) {
  const made = [];
  let rest = BigInt(value);
  do {
    made.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(made);
}
