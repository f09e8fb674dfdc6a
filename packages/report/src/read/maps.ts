import { averageMap, GradcamError, type Heatmap, type Tensor } from '@gradcam/core';
import type { Row } from '@gradcam/jobs';
import { readNpy } from '@gradcam/node';
import type { ResultFolder } from './folder.js';

/** What became of the maps that a table names. */
export interface Maps {
  /** Of each row its map; undefined where it has none. */
  readonly of: readonly (Heatmap | undefined)[];
  readonly notes: readonly string[];
}

/** Positions across and down to which larger maps are averaged as they are read. */
export const GRID = 16;

/** Files that are read at once. */
const AT_ONCE = 8;

/** Reads the maps of all rows, file by file. What is missing or damaged is counted. */
export async function readMaps(folder: ResultFolder, rows: readonly Row[], signal?: AbortSignal): Promise<Maps> {
  const files = new Map<string, { readonly row: number; readonly at: number | undefined }[]>();
  for (const [row, { map }] of rows.entries()) {
    const [, file, at] = /^(.+?\.npy)(?:#(\d{1,9}))?$/.exec(map ?? '') ?? [];
    if (file === undefined) continue;
    const wanted = files.get(file) ?? [];
    wanted.push({ row, at: at === undefined ? undefined : Number(at) });
    files.set(file, wanted);
  }
  const maps: (Heatmap | undefined)[] = new Array(rows.length).fill(undefined);
  let [lost, why] = [0, ''];
  const queue = files.entries();
  const work = async () => {
    for (const [file, wanted] of queue) {
      if (signal?.aborted) throw new GradcamError('aborted', 'the report was stopped');
      try {
        const path = await folder.find(file);
        if (path === undefined) throw new GradcamError('not-found', `'${file}' is not in the folder`);
        const tensor = await readNpy(path);
        for (const { row, at } of wanted) {
          maps[row] = mapIn(tensor, at);
          if (maps[row] === undefined) throw new GradcamError('invalid-tensor', `'${file}' does not hold what the table says`);
        }
      } catch (error) {
        if (!(error instanceof GradcamError) || error.code === 'aborted') throw error;
        lost += wanted.filter(({ row }) => maps[row] === undefined).length;
        why ||= error.message;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    of: maps,
    notes: lost === 0 ? [] : [`${lost === 1 ? 'One map' : `${lost.toLocaleString('en')} maps`} could not be read: ${why}`],
  };
}

/** A map of a file: the file is [h, w], or [maps, h, w]. @returns undefined where it has no such map, or none of numbers of 32 bits */
function mapIn({ dims, data }: Tensor, at: number | undefined): Heatmap | undefined {
  const [count, height = 0, width = 0] = dims.length === 2 ? [1, ...dims] : dims;
  if (!(data instanceof Float32Array) || dims.length < 2 || dims.length > 3 || count === undefined || height < 1 || width < 1)
    return undefined;
  const row = at ?? (count === 1 ? 0 : count);
  if (row >= count) return undefined;
  const map = { width, height, data: data.subarray(row * width * height, (row + 1) * width * height) };
  const scale = GRID / Math.max(width, height);
  return scale >= 1 ? map : averageMap(map, Math.max(1, Math.round(scale * width)), Math.max(1, Math.round(scale * height)));
}
