import { GradcamError } from '../errors.js';
import { inflow, keptAround, laplacian, type System } from './laplacian.js';
import { cycle, type Grid, gridOf } from './multigrid.js';

/** ‖b − A·x‖ / ‖b‖ at which the solution is good enough. */
const TOLERANCE = 1e-6;
/** Steps after which it is taken as it is; a dozen are usual. */
const MAX_STEPS = 500;

/**
 * Linear imputation (Rong et al. 2022, arXiv 2202.00449): each removed pixel becomes the weighted mean of its neighbours,
 *
 *     Σₙ wₙ (xₙ − xᵢ) = 0,   w = 1/6 beside it, 1/12 at its corners, nothing outside of the picture
 *
 * which is a linear system in the removed pixels: (Σₙ wₙ) xᵢ − Σ over removed n of wₙ xₙ = Σ over kept n of wₙ xₙ. Its matrix is the Laplacian of
 * the grid without the rows and columns of the kept pixels: symmetric, and positive definite as long as one pixel is kept. So it is solved by
 * conjugate gradients, in float64, preconditioned by multigrid: the number of steps hardly grows with the size of the holes.
 *
 * @param planes the channels of the picture, row-major
 * @param removed 1 for each pixel that is removed
 * @returns copies of the planes with the removed pixels filled in
 * @throws GradcamError `not-measurable` where all pixels are removed: nothing is left to fill them from
 */
export function impute(planes: readonly Float64Array[], removed: Uint8Array, width: number, height: number): Float64Array[] {
  if (removed.every((gone) => gone === 1))
    throw new GradcamError('not-measurable', 'all pixels are removed: nothing is left from which they could be imputed');
  const grid = gridOf(laplacian(removed, width, height));
  return planes.map((plane) => {
    const filled = plane.slice();
    const solution = solve(grid, keptAround(grid.system, plane, removed));
    grid.system.pixels.forEach((at, unknown) => {
      filled[at] = solution[unknown] as number;
    });
    return filled;
  });
}

/** Conjugate gradients (Hestenes and Stiefel 1952), preconditioned. */
function solve(grid: Grid, b: Float64Array): Float64Array {
  const x = new Float64Array(b.length);
  const direction = new Float64Array(b.length + 1);
  const residual = b.slice();
  const enough = TOLERANCE * TOLERANCE * dot(b, b);
  let before = Number.POSITIVE_INFINITY;
  for (let step = 0; step < MAX_STEPS && dot(residual, residual) > enough; step++) {
    const improved = cycle(grid, residual);
    const energy = dot(improved, residual);
    add(direction, energy / before, improved);
    before = energy;
    const product = times(grid.system, direction);
    const length = energy / dot(direction, product);
    for (let i = 0; i < b.length; i++) {
      x[i] = (x[i] as number) + length * (direction[i] as number);
      residual[i] = (residual[i] as number) - length * (product[i] as number);
    }
  }
  return x;
}

/** direction ← more + keep · direction */
function add(direction: Float64Array, keep: number, more: Float64Array): void {
  for (let i = 0; i < direction.length; i++) direction[i] = (more[i] as number) + keep * (direction[i] as number);
}

/** A·v */
function times(system: System, v: Float64Array): Float64Array {
  return system.diagonal.map((diagonal, i) => diagonal * (v[i] as number) - inflow(system, v, i));
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < other.length; i++) sum += (one[i] as number) * (other[i] as number);
  return sum;
}
