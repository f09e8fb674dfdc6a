import { linearAxis, sampleMap } from '../picture/resize-map.js';
import type { RunMethod } from './method.js';

/** Cells of a mask along each side, and the share of them that is seen: as in the paper. */
const CELLS = 7;
const SEEN = 0.5;

/**
 * RISE (Petsiuk et al. 2018, arXiv 1806.07421): the picture is seen through n random masks, coarse grids resized bilinearly and shifted by a part of
 * a cell, and a position counts as much as the score is higher where it is seen: L(p) = 1/(n·P) Σᵢ (yᵢ − ȳ) Mᵢ(p), P the share that is seen.
 * The paper has yᵢ for yᵢ − ȳ, which adds about ȳ everywhere; without it the sign of L tells what speaks for the class from what speaks against
 * it, whatever the score's zero, and L varies less with the masks.
 *
 * Settings: `samples` n, default 2000 (the paper: 4000 to 8000); `seed`.
 */
export const rise: RunMethod = {
  kind: 'runs',
  name: 'rise',
  title: 'RISE',
  aliases: [],
  summary: 'random masks weighted by the score of what they leave of the picture',
  source: 'arXiv 1806.07421',
  of: 'input',
  cost: '2000 runs',
  counterfactual: false,
  run: async (context) => {
    const { width, height, random } = context;
    const { samples = 2000 } = context.settings;
    const [across, down] = [Math.min(CELLS, width), Math.min(CELLS, height)];
    const cell = { width: Math.ceil(width / across), height: Math.ceil(height / down) };
    const grids = Array.from({ length: samples }, () => ({
      cells: { width: across, height: down, data: Float32Array.from({ length: across * down }, () => (random.uniform() < SEEN ? 1 : 0)) },
      left: Math.floor(random.uniform() * cell.width),
      top: Math.floor(random.uniform() * cell.height),
    }));
    // Resized to one cell more than the picture along each side, of which a part as large as the picture is taken.
    const [stepX, stepY] = [across / ((across + 1) * cell.width), down / ((down + 1) * cell.height)];
    const draw = (index: number, mask: Float32Array) => {
      const grid = grids[index];
      if (grid === undefined) throw new RangeError(`there is no mask ${index}`);
      const columns = linearAxis(across, width, (grid.left + 0.5) * stepX - 0.5, stepX);
      const rows = linearAxis(down, height, (grid.top + 0.5) * stepY - 0.5, stepY);
      sampleMap(grid.cells, columns, rows, mask, 0, width);
    };
    const scores = await context.maskedScores(samples, draw);
    const mean = scores.reduce((sum, score) => sum + score, 0) / samples;
    const mask = new Float32Array(width * height);
    const map = new Float64Array(width * height);
    for (const [index, score] of scores.entries()) {
      draw(index, mask);
      const factor = (score - mean) / (samples * SEEN);
      for (let at = 0; at < map.length; at++) map[at] = (map[at] as number) + factor * (mask[at] as number);
    }
    return { width, height, data: Float32Array.from(map) };
  },
};
