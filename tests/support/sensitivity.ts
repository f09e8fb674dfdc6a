import { readFileSync } from 'node:fs';
import type { Runtime, Tensor } from '@gradcam/core';
import { openExplainer } from '@gradcam/core';
import { relativeL2 } from './fixtures.js';
import { shared } from './shared.js';

/**
 * How far a gradient may honestly lie from PyTorch's. ONNX Runtime's and PyTorch's forward passes differ by rounding (each
 * fixture says how much: `forward_relative_l2`, 4e-7 to 4e-5). A ReLU gate or a maximum that stands within that of its
 * switching point flips, and the gradient jumps. The same happens when the input moves as little; so the gradient is
 * computed again for inputs moved until the logits move by just that, and a difference to PyTorch's counts as explained if it
 * is no larger than these gradients' own spread.
 */
export interface Sensitivity {
  /** The input, moved in random directions. */
  readonly nearby: readonly Tensor[];
}

const DIRECTIONS = 6;

export async function nearbyInputs(runtime: Runtime, name: string, model: Uint8Array, input: Tensor): Promise<Tensor[]> {
  const { forward_relative_l2: rounding } = JSON.parse(readFileSync(`${shared}fixtures/${name}/fixture.json`, 'utf8')) as { forward_relative_l2: number };
  const explainer = await openExplainer(runtime, model, { session: { optimization: 'basic' } });
  const logits = async (tensor: Tensor) => {
    const [result] = await explainer.explain(tensor);
    const scores = new Float64Array(explainer.classes);
    for (const { index, probability } of result?.predictions ?? []) scores[index] = Math.log(probability);
    return scores;
  };
  const reference = await logits(input);
  const nearby: Tensor[] = [];
  for (let direction = 1; direction <= DIRECTIONS; direction++) {
    const trial = 1e-4;
    const moved = relativeL2(await logits(move(input, direction, trial)), reference);
    nearby.push(move(input, direction, (2 * trial * rounding) / moved));
  }
  await explainer.close();
  return nearby;
}

/** The input with noise from a hash of the position and the direction: the same in every run. */
function move(input: Tensor, direction: number, size: number): Tensor {
  const data = Float32Array.from(input.data as Float32Array);
  for (let index = 0; index < data.length; index++) {
    let hash = Math.imul(index + direction * 7919, 0x9e3779b9) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
    data[index] = (data[index] ?? 0) + size * ((hash >>> 8) / 8388608 - 1);
  }
  return { ...input, data };
}
