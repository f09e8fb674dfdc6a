/** Eigenvalues below this are much the same: groups of heatmaps that drift slowly, as a thing's place does, have many of them. */
const SMALL = 0.01;

/** How many times as large the next eigenvalue must be. Heatmaps spread evenly, on a line or over a picture, stay below. */
const WIDE = 2.8;

/**
 * The number of groups by the eigengap: the m with the widest gap between λₘ and λₘ₊₁, as a ratio, for λ of a smooth spread grow step by step too. Without a
 * wide one there is one group.
 *
 * @param eigenvalues of the normalised Laplacian, rising from 0
 */
export function groupsByGap(eigenvalues: readonly number[]): number {
  let [groups, widest] = [1, WIDE];
  for (let m = 1; m < eigenvalues.length; m++) {
    const ratio = ((eigenvalues[m] as number) + SMALL) / ((eigenvalues[m - 1] as number) + SMALL);
    if (ratio > widest) [groups, widest] = [m, ratio];
  }
  return groups;
}
