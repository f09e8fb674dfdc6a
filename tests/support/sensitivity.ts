import { readFileSync } from 'node:fs';
import type { Runtime, Tensor } from '@gradcam/core';
import { openExplainer } from '@gradcam/core';
import { relativeL2 } from './fixtures.js';
import { shared } from './shared.js';

/**
 * When a gradient may differ from PyTorch's. ONNX Runtime's and PyTorch's forward passes differ by rounding (each fixture says
 * how much: `forward_relative_l2`). A ReLU gate or a maximum that stands within that of its switching point flips, and the
 * gradient jumps, though both sides differentiate rightly. Such a difference is explained
 *
 * - where the forward passes agree to float32's precision: by an input that differs by 3e-7 at most, far below what
 *   any picture holds, at which the gradient equals PyTorch's: there the gates stand alike;
 * - where they agree less (an exporter that folded batch norms into weights): by gradients at inputs that move the logits
 *   as far as the forward passes differ; they must lie as far from each other as PyTorch's lies from ours.
 */
const DIRECTIONS = 6;

/** Forward passes that differ more than this were not computed from the same weights. */
const SAME_WEIGHTS = 1e-5;

/** Inputs closer than rounding to the given one, in many directions; none where the fixture's forward passes differ by more. */
export function* indistinguishable(name: string, input: Tensor): Generator<Tensor> {
  if (forwardDifference(name) > SAME_WEIGHTS) return;
  for (let direction = 1; direction <= 300; direction++) yield move(input, direction, direction % 2 === 0 ? 1e-7 : 3e-7);
}

function forwardDifference(name: string): number {
  const fixture = JSON.parse(readFileSync(`${shared}fixtures/${name}/fixture.json`, 'utf8')) as { forward_relative_l2: number };
  return fixture.forward_relative_l2;
}

/** Inputs at which the logits lie as far from those of the given one as PyTorch's do. */

export async function nearbyInputs(runtime: Runtime, name: string, model: Uint8Array, input: Tensor): Promise<Tensor[]> {
  const rounding = forwardDifference(name);
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
    nearby.push(move(input, direction, (trial * rounding) / moved));
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
