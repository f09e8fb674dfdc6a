import type { Explanation, Heatmap, Placement } from '@gradcam/core';
import { encodeNpy } from '@gradcam/node';
import { UsageError } from '../../errors.js';
import type { Loaded } from '../../input/source.js';
import { labelOf, shortLabel } from '../../model/labels.js';
import { namePart } from '../../output/names.js';
import type { Named, Outputs } from '../../output/outputs.js';
import { figureFile, heatmapFile, MAX_OVERLAYS, overlayFile, type Scene } from '../../output/picture.js';
import { ContactSheet } from '../../output/sheet.js';
import { writeOutput } from '../../output/write.js';
import type { ExplainFlags } from './command.js';
import type { Explained } from './report.js';
import type { Setup } from './setup.js';
import { figureWords } from './words.js';

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
  const shared = scene !== undefined && !flags.overlay ? [await writeFigure(setup, explained, scene, outputs, flags)] : [];
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

function sceneOf(
  { spec }: Setup,
  loaded: Loaded,
  placement: Placement | undefined,
  { alpha, colormap, compat }: ExplainFlags,
): Scene | undefined {
  if (loaded.kind !== 'picture' || placement === undefined) return undefined;
  const [height, width] = spec.size;
  return { picture: loaded.picture, placement, seen: { width, height }, look: { alpha, colormap, ...(compat && { compat }) } };
}

async function writeFigure(
  setup: Setup,
  { source, result }: Explained,
  scene: Scene,
  outputs: Outputs,
  flags: ExplainFlags,
): Promise<string> {
  const { explanations } = result;
  const [methods, classes] = [explainedMethods(setup), Math.max(1, setup.classes.length)];
  if (methods.length > 1 && classes > 1) {
    const grid = new ContactSheet({ images: 1, methods, classes, labels: setup.labels, colormap: scene.look.colormap });
    grid.add(source.name, scene, result);
    const path = outputs.picture({ stem: source.stem });
    return write(path, await grid.file(path, figureWords(setup, result, scene).footer));
  }
  if (explanations.length > MAX_OVERLAYS)
    throw new UsageError(
      `a figure shows at most ${MAX_OVERLAYS} explanations, but ${explanations.length} were asked for; --overlay writes one picture for each`,
    );
  const path = outputs.picture({ stem: source.stem });
  return write(path, await figureFile(path, scene, explanations, figureWords(setup, result, scene, flags)));
}

/** The contact sheet that `--sheet` asks for. */
export class SheetWriter {
  readonly #sheet: ContactSheet;
  #footer = '';
  #images = 0;

  /** @throws UsageError, GradcamError `limit` as {@link ContactSheet} */
  constructor(
    private readonly setup: Setup,
    private readonly flags: ExplainFlags,
    private readonly path: string,
    images: number,
  ) {
    const { labels, classes } = setup;
    const { colormap } = flags;
    this.#sheet = new ContactSheet({ images, methods: explainedMethods(setup), classes: Math.max(1, classes.length), labels, colormap });
  }

  add({ source, result, placement }: Explained, loaded: Loaded): void {
    const scene = sceneOf(this.setup, loaded, placement, this.flags);
    this.#sheet.add(source.name, scene, result);
    if (scene !== undefined) this.#footer = figureWords(this.setup, result, scene).footer;
    this.#images++;
  }

  /** @returns the path; undefined where no image could be shown */
  async write(): Promise<string | undefined> {
    return this.#images === 0 ? undefined : write(this.path, await this.#sheet.file(this.path, this.#footer));
  }
}

function explainedMethods({ explainer }: Setup): string[] {
  return explainer.explained.methods.map(({ method }) => method.name);
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
