import { GradcamError } from '../errors.js';
import type { Heatmap } from '../picture/image.js';
import type { Volume } from '../picture/volume.js';
import type { Tensor } from '../runtime/runtime.js';

/** What a run returned, by name. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** One row of a floating-point output, as float32. */
export function floats(outputs: Outputs, name: string, row: number, length: number): Float32Array {
  const data = outputs[name]?.data;
  // A run's only row is given as it is: the runtime made it for this run.
  if (data instanceof Float32Array) return data.length === length ? data : data.slice(row * length, (row + 1) * length);
  if (data instanceof Float64Array) return Float32Array.from(data.subarray(row * length, (row + 1) * length));
  throw new GradcamError(
    'unsupported-model',
    `expected output '${name}' as float32, but the runtime gave ${outputs[name]?.type ?? 'nothing'}`,
  );
}

/** One row of an output of maps [rows, height, width]; the only row there is serves all. */
export function mapOf(outputs: Outputs, name: string, row: number): Heatmap {
  const [rows = 1, height = 0, width = 0] = outputs[name]?.dims ?? [];
  return { width, height, data: floats(outputs, name, rows === 1 ? 0 : row, width * height) };
}

/** One row of an output of volumes [rows, channels, height, width]; the only row there is serves all. */
export function volumeOf(outputs: Outputs, name: string, row: number): Volume {
  const [rows = 1, channels = 0, height = 0, width = 0] = outputs[name]?.dims ?? [];
  return { channels, height, width, data: floats(outputs, name, rows === 1 ? 0 : row, channels * height * width) };
}
