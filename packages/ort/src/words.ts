import { GradcamError } from '@gradcam/core';

/** Longest quotation of the runtime; what is cut is never the beginning, where the cause stands. */
const MAX_WORDS = 400;

/**
 * What ONNX Runtime said, as one line: without its own source paths and C++ signatures, error numbers and line breaks,
 * which differ between the native and the WebAssembly build.
 */
export function runtimeWords(error: unknown): string {
  const raw = error instanceof Error ? error.message : String(error);
  const type = /^unsupported data type: (\d+)$/i.exec(raw)?.[1];
  if (type !== undefined) return unsupportedType(Number(type));
  const words = raw
    .replace(/^.*ERROR_MESSAGE: /s, '')
    // `/onnxruntime_src/…/reshape_helper.h:91 onnxruntime::ReshapeHelper::ReshapeHelper(const …, bool) the words`
    .replace(/\/[^\s:]+\.(?:h|cc|cpp):\d+ (?:[^()]*\((?:[^()]|\([^()]*\))*\)(?:::<lambda\(\)>)? )?/g, '')
    .replace(/^\S+\.(?:h|cc|cpp):\d+ \w+ /, '')
    .replace(/\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : /g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?Please fix either the inputs\/outputs or the model\.?/, '')
    .trim();
  if (words === '') return 'it gave no reason';
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}

/** A failure of the runtime in our words (`what`) followed by its own. */
export function runtimeError(what: string, error: unknown): GradcamError {
  return new GradcamError('runtime', `${what}: ${runtimeWords(error)}`, { cause: error });
}

/** Element types that ONNX has and ONNX Runtime hands to no JavaScript, by their number in TensorProto.DataType. */
const UNSUPPORTED_TYPES = new Map([
  [14, 'complex64'],
  [15, 'complex128'],
  [16, 'bfloat16'],
  [17, 'float8'],
  [18, 'float8'],
  [19, 'float8'],
  [20, 'float8'],
]);

function unsupportedType(type: number): string {
  const name = UNSUPPORTED_TYPES.get(type) ?? `number ${type}`;
  return `an input or output has elements of type ${name}, which cannot be handed to or from JavaScript; add a Cast to float32 there`;
}
