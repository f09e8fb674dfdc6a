import { type ElementType, GradcamError, type ValueInfo } from '@gradcam/core';
import type { InferenceSession } from 'onnxruntime-common';

/** The wasm build reports a dimension that has neither a size nor a symbol as −1 read as unsigned. */
const UNKNOWN_DIMENSION = 2 ** 32 - 1;

const ELEMENT_TYPES: ReadonlySet<string> = new Set<ElementType>([
  'float32',
  'float16',
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
  'string',
]);

function isElementType(type: string): type is ElementType {
  return ELEMENT_TYPES.has(type);
}

/**
 * What ONNX Runtime reports of an input or output, in our words. It reports an unknown rank and a scalar alike, as an
 * empty shape; both become `undefined`, since taking an unknown rank for a scalar would be a wrong fact while the
 * other way round is only a fact less.
 *
 * @throws GradcamError `unsupported-model` where the value is not a tensor of a known element type
 */
export function valueInfo(metadata: InferenceSession.ValueMetadata): ValueInfo {
  if (!metadata.isTensor) {
    throw new GradcamError(
      'unsupported-model',
      `Expected tensors as inputs and outputs of the model, but '${metadata.name}' is a sequence, map or optional; export the model with tensors only.`,
    );
  }
  if (!isElementType(metadata.type)) {
    throw new GradcamError(
      'unsupported-model',
      `The input or output '${metadata.name}' has elements of type ${metadata.type}, which cannot be handed to or from JavaScript; add a Cast to float32 to the model.`,
    );
  }
  const dims = metadata.shape.map((dimension) => (dimension === UNKNOWN_DIMENSION ? '' : dimension));
  return { name: metadata.name, type: metadata.type, dims: dims.length === 0 ? undefined : dims };
}
