import type { RunMethod } from './method.js';

/**
 * Occlusion (Zeiler and Fergus 2014, arXiv 1311.2901): a window slides over the picture, and L(p) is how much the score drops while p is covered:
 * the mean of y(x) − y(x covered) over the windows that cover p. Covered pixels are 0 in the numbers that the network takes: the mean colour under
 * ImageNet's preprocessing.
 *
 * Settings: `window` its side, default a seventh of the shorter side of the picture; `stride`, default half a window. The last window of a
 * row or column ends at the edge.
 */
export const occlusion: RunMethod = {
  kind: 'runs',
  name: 'occlusion',
  title: 'Occlusion',
  aliases: [],
  summary: 'how much the score drops while a window covers the position',
  source: 'arXiv 1311.2901',
  of: 'input',
  cost: 'a run for each window, 169 by default',
  counterfactual: false,
  run: async (context) => {
    const { width, height, settings } = context;
    const side = settings.window ?? Math.max(1, Math.round(Math.min(width, height) / 7));
    const stride = settings.stride ?? Math.max(1, Math.round(side / 2));
    const windows = starts(height, side, stride).flatMap((top) => starts(width, side, stride).map((left) => ({ top, left })));
    const eachCovered = ({ top, left }: { readonly top: number; readonly left: number }, visit: (at: number) => void) => {
      for (let y = top; y < Math.min(height, top + side); y++)
        for (let x = left; x < Math.min(width, left + side); x++) visit(y * width + x);
    };
    const [y = 0, ...covered] = await context.maskedScores(windows.length + 1, (index, mask) => {
      const window = windows[index - 1];
      if (window === undefined) return;
      eachCovered(window, (at) => {
        mask[at] = 0;
      });
    });
    const drops = new Float64Array(width * height);
    const counts = new Uint32Array(width * height);
    for (const [index, window] of windows.entries()) {
      eachCovered(window, (at) => {
        drops[at] = (drops[at] as number) + y - (covered[index] as number);
        counts[at] = (counts[at] as number) + 1;
      });
    }
    return { width, height, data: Float32Array.from(drops, (drop, at) => (counts[at] === 0 ? 0 : drop / (counts[at] as number))) };
  },
};

/** Where windows start along a side: every `stride`, the last where it ends at the edge. */
function starts(length: number, window: number, stride: number): number[] {
  const last = Math.max(0, length - window);
  return [...Array.from({ length: Math.ceil(last / stride) }, (_, index) => index * stride), last];
}
