import type { Explanation, Heatmap, Placement } from '@gradcam/core';
import { encodeNpy, namePart } from '@gradcam/node';
import { UsageError } from '../../errors.js';
import type { Loaded } from '../../input/source.js';
import { labelOf, shortLabel } from '../../model/labels.js';

import type { Named, Outputs } from '../../output/outputs.js';
import { heatmapFile, MAX_OVERLAYS, overlayFile, type Scene } from '../../output/picture.js';
import { writeOutput } from '../../output/write.js';
import type { ExplainFlags } from './command.js';
import type { Explained } from './report.js';
import type { Setup } from './setup.js';
import { imageFigure } from './sheet.js';

/** Writes every output of one image. @returns the files of each of its explanations */
export async function writeResult(
  setup: Setup,
  explained: Explained,
  loaded: Loaded,
  outputs: Outputs,
  flags: ExplainFlags,
): Promise<string[][]> {
  const { source, result } = explained;
  const files: string[][] = [];
  const scene = sceneOf(setup, loaded, explained.placement, flags);
  // The sheet stands for the figures, unless these are asked for, too.
  const pictured = flags.sheet === undefined || flags.output !== undefined || flags.overlay === true;
  const shared = pictured && scene !== undefined && !flags.overlay ? [await writeFigure(setup, explained, scene, outputs, flags)] : [];
  for (const explanation of result.explanations) {
    const named = nameOf(setup, source.stem, explanation);
    const own: string[] = [...shared, ...(flags.sheet === undefined ? [] : [flags.sheet])];
    if (pictured && shared.length === 0) {
      const path = outputs.picture(named);
      const bytes = scene === undefined ? heatmapFile(path, explanation, flags.colormap) : overlayFile(path, scene, explanation);
      own.push(await write(path, await bytes));
    }
    for (const [index, map] of explanation.maps.entries()) {
      const path = outputs.map({ ...named, layer: namePart(explanation.layers[index] ?? '') });
      if (path !== undefined) own.push(await write(path, npy(map)));
    }
    const path = outputs.heatmap(named);
    if (path !== undefined) own.push(await write(path, npy(explanation.heatmap)));
    files.push(own);
  }
  return files;
}

/** What a figure needs of a picture; undefined for a tensor, which has none. */
export function sceneOf(
  { spec }: Setup,
  loaded: Loaded,
  placement: Placement | undefined,
  { alpha, colormap, compat }: ExplainFlags,
): Scene | undefined {
  if (loaded.kind !== 'picture' || placement === undefined) return undefined;
  const [height, width] = spec.size;
  return { picture: loaded.picture, placement, seen: { width, height }, look: { alpha, colormap, ...(compat && { compat }) } };
}

async function writeFigure(setup: Setup, explained: Explained, scene: Scene, outputs: Outputs, flags: ExplainFlags): Promise<string> {
  const { source, result } = explained;
  const { explanations } = result;
  if (explanations.length > MAX_OVERLAYS)
    throw new UsageError(
      `a figure shows at most ${MAX_OVERLAYS} explanations, but ${explanations.length} were asked for; --overlay writes one picture for each`,
    );
  const path = outputs.picture({ stem: source.stem });
  return write(path, await imageFigure(path, setup, explained, scene, flags));
}

function nameOf({ labels, classes }: Setup, stem: string, { class: { index }, method }: Explanation): Named {
  // Two classes may share a label: ImageNet has two cranes.
  const shared = classes.some((other) => other !== index && labelOf(labels, other) === labelOf(labels, index));
  return { stem, method, class: namePart(shared ? `${shortLabel(labels, index)} ${index}` : shortLabel(labels, index)) };
}

function npy({ width, height, data }: Heatmap): Uint8Array {
  return encodeNpy({ type: 'float32', dims: [height, width], data });
}

async function write(path: string, bytes: Uint8Array): Promise<string> {
  await writeOutput(path, bytes, true);
  return path;
}
