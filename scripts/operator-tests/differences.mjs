// The derivative of a function of one number at 0, with an estimate of its own error.

/** Each step is a quarter of the one before: the largest serve functions that are nearly linear, the smallest end before rounding does harm. */
const STEPS = { float64: { first: 1 / 4, count: 9 }, float32: { first: 64, count: 10 }, float16: { first: 64, count: 8 } };

/**
 * Central differences, Richardson's extrapolation of neighbouring steps, and of these the one that agrees best with both of its own neighbours.
 *
 * @param f may give NaN where it is not defined
 * @param type in which f is computed
 * @param noise rounding error of f's values
 * @returns { slope, error, kink }: `kink` where the slopes to both sides differ, however small the step; undefined where nothing is known
 */
export async function differentiate(f, type, noise) {
  const { first, count } = STEPS[type];
  const at0 = await f(0);
  const ladder = [];
  for (let index = 0; index < count; index++) {
    const h = first / 4 ** index;
    const [above, below] = [await f(h), await f(-h)];
    ladder.push({ h, central: (above - below) / (2 * h), bend: (above - 2 * at0 + below) / h });
  }
  const extrapolated = ladder
    .slice(1)
    .map(({ h, central, bend }, index) => ({ h, slope: (16 * central - ladder[index].central) / 15, bend }));
  let best;
  for (const [index, { h, slope, bend }] of extrapolated.slice(1, -1).entries()) {
    const [coarser, finer] = [extrapolated[index], extrapolated[index + 2]];
    const error = Math.max(Math.abs(slope - coarser.slope), Math.abs(slope - finer.slope)) + noise / h;
    if (Number.isFinite(error) && !(error >= best?.error)) best = { slope, error, bend, coarser: coarser.bend, noise: noise / h };
  }
  if (best === undefined) return undefined;
  // The two one-sided slopes differ by `bend`: of a smooth function it falls to a quarter with the step; at a kink it stays.
  const kink = Math.abs(best.bend) > 8 * best.noise && Math.abs(best.bend) > 0.6 * Math.abs(best.coarser);
  return { slope: best.slope, error: best.error, kink, bend: Math.abs(best.bend) };
}
