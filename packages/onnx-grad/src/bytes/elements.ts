import { type ElementType, elementType } from '../graph/types.js';
import { TensorField } from './fields.js';
import { MessageReader } from './reader.js';

/** The numbers of a stored tensor as they lie in the model's bytes: whoever writes here edits the model. */
export interface Elements {
  readonly type: ElementType;
  /** Bytes of one. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

const SIZES: Partial<Record<ElementType, number>> = {
  float64: 8,
  float32: 4,
  int32: 4,
  uint32: 4,
  float16: 2,
  bfloat16: 2,
  int16: 2,
  uint16: 2,
  int8: 1,
  uint8: 1,
};

/** The low three bits of a field's tag where its content has a length: one packed field, not one for each number. */
const PACKED = 2;

/**
 * Where the numbers of a TensorProto lie; undefined where they do not lie one after the other in equal size (four bits, text, variable-length integers).
 *
 * @param tensor a view of the message within the model's bytes
 * @param outside the numbers, where they lie in a file of their own
 */
export function elementsOf(tensor: Uint8Array, outside?: Uint8Array): Elements | undefined {
  const dims: number[] = [];
  let code = 0;
  let bytes = outside;
  const message = new MessageReader(tensor);
  message.fields((field) => {
    if (field === TensorField.dims) message.ints(dims);
    else if (field === TensorField.dataType) code = message.int();
    else if (field === TensorField.rawData) bytes ??= message.raw();
    else if (field === TensorField.floatData || field === TensorField.doubleData)
      if (((tensor[message.fieldStart] ?? 0) & 7) === PACKED) bytes ??= message.raw();
  });
  const type = elementType(code);
  const size = type === undefined ? undefined : SIZES[type];
  const count = dims.reduce((product, length) => product * length, 1);
  if (type === undefined || size === undefined || bytes?.length !== size * count) return undefined;
  return { type, size, bytes };
}
