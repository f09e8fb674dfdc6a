import type { Explanation, Heatmap } from '@gradcam/core';
import { encodeNpy, namePart } from '@gradcam/node';
import { labelOf, targetColumns } from '../job/classes.js';
import { type KeyedItem, nameOf } from '../job/item.js';
import type { Job } from '../job/job.js';
import type { Row } from '../job/row.js';
import type { Explained } from './explain.js';
import { measure } from './measure.js';
import { encodeOverlay } from './overlay.js';
import type { Picture } from './read.js';
import { writeResult } from './write.js';

/** What the last stage is given. */
export interface Drawing {
  readonly item: KeyedItem;
  readonly picture?: Picture | undefined;
  /** Index of the true class, where it is known. */
  readonly target?: number | undefined;
  readonly explained: Explained;
}

/** What is known of a picture in the end. Its files are written. */
export interface Drawn {
  readonly rows: readonly Row[];
  /** The maps of the rows, where files of many are to be made of them; else none. */
  readonly maps: readonly Heatmap[];
}

/** Folders of the results. */
export const OVERLAYS = 'images';
export const MAPS = 'maps';

/** The last stage: overlays and maps are written, and the rows of the table are made. @throws GradcamError `not-writable` */
export async function draw(job: Job, folder: string, { item, picture, target, explained }: Drawing): Promise<Drawn> {
  const { predicted, explanations, milliseconds } = explained;
  const rows: Row[] = [];
  for (const explanation of explanations) {
    const { index, probability } = explanation.class;
    const name = fileName(job, item, explanation, explanations.length);
    rows.push({
      image: item.image,
      class: index,
      label: labelOf(job, index),
      probability: finite(probability),
      predicted: predicted.index < 0 ? null : predicted.index,
      predictedLabel: predicted.index < 0 ? null : labelOf(job, predicted.index),
      predictedProbability: finite(predicted.probability),
      ...targetColumns(job, target),
      layer: explanation.layers.join('+'),
      method: explanation.method,
      ...measure(explanation.heatmap, picture),
      milliseconds: Math.round(10 * milliseconds) / 10,
      overlay: await writeOverlay(job, folder, name, explanation, picture),
      map: await writeMap(job, folder, name, explanation),
      error: null,
    });
  }
  return { rows, maps: job.maps === 'shards' ? explanations.map(mapOf) : [] };
}

/** The signed map of the layer; of several layers, and where there is none, the heatmap that they became. */
function mapOf({ maps, heatmap }: Explanation): Heatmap {
  const [map, ...others] = maps;
  return map === undefined || others.length > 0 ? heatmap : map;
}

function fileName(job: Job, item: KeyedItem, { class: { index } }: Explanation, count: number): string {
  const name = nameOf(item);
  if (count === 1 && job.top === 1 && job.classes.length <= 1 && !job.truth) return name;
  const [label = ''] = labelOf(job, index).split(',', 1);
  // Classes may share a label: ImageNet has two cranes.
  return `${name}.${namePart(label)}-${index}`;
}

const EXTENSIONS = { webp: '.webp', jpeg: '.jpg', png: '.png' } as const;

async function writeOverlay(
  { images, look }: Job,
  folder: string,
  name: string,
  { heatmap }: Explanation,
  picture: Picture | undefined,
): Promise<string | null> {
  if (images === undefined) return null;
  const path = `${OVERLAYS}/${name}${EXTENSIONS[images]}`;
  await writeResult(folder, path, await encodeOverlay(heatmap, picture, look, EXTENSIONS[images]));
  return path;
}

async function writeMap({ maps }: Job, folder: string, name: string, explanation: Explanation): Promise<string | null> {
  if (maps !== 'npy') return null;
  const path = `${MAPS}/${name}.npy`;
  const { width, height, data } = mapOf(explanation);
  await writeResult(folder, path, encodeNpy({ type: 'float32', dims: [height, width], data }));
  return path;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
