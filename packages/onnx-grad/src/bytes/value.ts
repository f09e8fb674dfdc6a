import { OnnxGradError } from '../errors.js';
import { type Dimension, type ExternalData, elementType, type Initializer, soundSize, type ValueInfo } from '../graph/types.js';
import { MAX_RANK } from '../limits.js';
import { DimensionField, EntryField, ShapeField, TensorField, TensorTypeField, TypeField, ValueInfoField } from './fields.js';
import { invalidModel, type MessageReader } from './reader.js';

const EXTERNAL = 1;

/** Describes a stored tensor. @param fieldStart where its field begins, tag included */
export function readInitializer(message: MessageReader, fieldStart: number): Initializer {
  const dims: number[] = [];
  const entries = new Map<string, string>();
  let name = '';
  let type = 0;
  let location = 0;
  message.fields((field) => {
    if (field === TensorField.name) name = message.string();
    else if (field === TensorField.dims) message.ints(dims);
    else if (field === TensorField.dataType) type = message.int();
    else if (field === TensorField.dataLocation) location = message.int();
    else if (field === TensorField.externalData) readEntry(message.message(), entries);
  });
  const wrong = dims.find((size) => size < 0 || !Number.isSafeInteger(size));
  if (wrong !== undefined) throw invalidModel(`initializer '${name}' has a dimension of size ${wrong}`);
  if (dims.length > MAX_RANK)
    throw new OnnxGradError('limit', `initializer '${name}' has ${dims.length} dimensions, more than ${MAX_RANK}`);
  const external = location === EXTERNAL ? externalData(name, entries) : undefined;
  const { start, end } = message;
  return { name, type: elementType(type), dims, field: [fieldStart, end], message: [start, end], external };
}

/** Digits alone: a number of bytes. */
const BYTES = /^\d{1,15}$/;

function externalData(name: string, entries: ReadonlyMap<string, string>): ExternalData {
  const number = (key: string, missing: string) => {
    const text = entries.get(key) ?? missing;
    if (BYTES.test(text)) return Number(text);
    throw new OnnxGradError(
      'invalid-model',
      `expected the ${key} of initializer '${name}' in its file as a number of bytes, but it is ${JSON.stringify(text.slice(0, 40))}; save the model again`,
    );
  };
  return {
    location: entries.get('location') ?? '',
    offset: number('offset', '0'),
    length: entries.has('length') ? number('length', '') : undefined,
  };
}

export function readValueInfo(message: MessageReader): ValueInfo {
  let name = '';
  let type = 0;
  let dims: Dimension[] | undefined;
  message.fields((field) => {
    if (field === ValueInfoField.name) name = message.string();
    else if (field === ValueInfoField.type) {
      const variant = message.message();
      variant.fields((kind) => {
        if (kind !== TypeField.tensor) return;
        const tensor = variant.message();
        tensor.fields((part) => {
          if (part === TensorTypeField.elementType) type = tensor.int();
          else if (part === TensorTypeField.shape) dims = readShape(tensor.message());
        });
      });
    }
  });
  return { name, type: elementType(type), dims };
}

function readShape(message: MessageReader): Dimension[] {
  const dims: Dimension[] = [];
  message.fields((field) => {
    if (field !== ShapeField.dimension) return;
    const dimension = message.message();
    let size: Dimension = '';
    dimension.fields((part) => {
      // Some exporters write −1 for a size that is open.
      if (part === DimensionField.value) size = soundSize(dimension.int());
      else if (part === DimensionField.parameter) size = dimension.string();
    });
    dims.push(size);
  });
  if (dims.length > MAX_RANK) throw new OnnxGradError('limit', `a value has ${dims.length} dimensions, more than ${MAX_RANK}`);
  return dims;
}

/** Reads a pair of strings, as metadata and external data are written. */
export function readEntry(message: MessageReader, into: Map<string, string>): void {
  let key = '';
  let value = '';
  message.fields((field) => {
    if (field === EntryField.key) key = message.string();
    else if (field === EntryField.value) value = message.string();
  });
  into.set(key, value);
}
