import { replacePixels } from './frame.js';
import type { Curve, Judged } from './metric.js';

const STEPS = 50;

/** The area under a curve, by the trapezoidal rule. */
export function areaUnder({ shares, scores }: Curve): number {
  let area = 0;
  for (let i = 1; i < shares.length; i++) {
    const [before, now] = [i - 1, i];
    area += (((scores[before] as number) + (scores[now] as number)) / 2) * ((shares[now] as number) - (shares[before] as number));
  }
  return area;
}

/** y, as the pixels of one picture are replaced by those of another in the order of their relevance. */
export async function replaced(judged: Judged, from: Float32Array, to: Float32Array): Promise<Curve> {
  const order = judged.order();
  const steps = Math.min(judged.settings.steps ?? STEPS, order.length);
  const counts = Array.from({ length: steps + 1 }, (_, step) => Math.round((step * order.length) / steps));
  const scores = await judged.scores(counts.length, (step, into) => {
    into.set(from);
    replacePixels(order.subarray(0, counts[step]), to, judged.frame, into);
  });
  return { shares: Float64Array.from(counts, (count) => count / order.length), scores };
}
