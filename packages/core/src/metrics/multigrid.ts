import { coarser, inflow, type System } from './laplacian.js';

/** A system on grids of half, a quarter … of its size. */
export interface Grid {
  readonly system: System;
  readonly coarse: Grid | undefined;
  /** Which unknown of the coarser grid stands for each. */
  readonly parents: Uint32Array;
}

/** Unknowns that a few sweeps solve. */
const FEW = 16;

/** A correction that is the same over 2 × 2 pixels falls short of the smooth one that is needed. */
const LENGTHENED = 1.4;

export function gridOf(system: System): Grid {
  if (system.pixels.length <= FEW) return { system, coarse: undefined, parents: new Uint32Array() };
  const { coarse, parents } = coarser(system);
  return { system, coarse: gridOf(coarse), parents };
}

/**
 * About A⁻¹·b: one W-cycle of multigrid. A sweep of Gauss and Seidel takes away what is wrong from pixel to pixel; what is wrong over longer distances
 * is corrected on the coarser grid, twice; and a sweep in the other direction follows, so that the whole is symmetric, as conjugate gradients need it.
 *
 * @returns one number more than there are unknowns: the last is 0
 */
export function cycle(grid: Grid, b: Float64Array): Float64Array {
  const { system, coarse } = grid;
  const x = new Float64Array(b.length + 1);
  sweep(system, x, b, 1);
  if (coarse === undefined) for (let more = 0; more < FEW; more++) sweep(system, x, b, 1);
  else for (let twice = 0; twice < 2; twice++) correct(grid, coarse, x, b);
  if (coarse === undefined) for (let more = 0; more < FEW; more++) sweep(system, x, b, -1);
  sweep(system, x, b, -1);
  return x;
}

/** Adds P·C·Pᵀ·(b − A·x), C being the cycle on the coarser grid. */
function correct({ system, parents }: Grid, coarse: Grid, x: Float64Array, b: Float64Array): void {
  const left = new Float64Array(coarse.system.pixels.length);
  for (let i = 0; i < b.length; i++) {
    const parent = parents[i] as number;
    left[parent] = (left[parent] as number) + (b[i] as number) - (system.diagonal[i] as number) * (x[i] as number) + inflow(system, x, i);
  }
  const correction = cycle(coarse, left);
  for (let i = 0; i < b.length; i++) x[i] = (x[i] as number) + LENGTHENED * (correction[parents[i] as number] as number);
}

/** Each unknown in turn gets the value that its neighbours ask of it. */
function sweep(system: System, x: Float64Array, b: Float64Array, direction: 1 | -1): void {
  const last = b.length - 1;
  for (let step = 0; step <= last; step++) {
    const i = direction === 1 ? step : last - step;
    x[i] = ((b[i] as number) + inflow(system, x, i)) / (system.diagonal[i] as number);
  }
}
