import type { Loaded } from '../../input/source.js';
import { shortLabel } from '../../model/labels.js';
import type { Scene } from '../../output/picture.js';
import { ContactSheet } from '../../output/sheet.js';
import { writeOutput } from '../../output/write.js';
import type { ExplainFlags } from './command.js';
import type { Explained } from './report.js';
import type { Setup } from './setup.js';
import { figureWords, named } from './words.js';
import { sceneOf } from './write.js';

/** Whether the figure of one image is a table: several methods and several classes. */
export function isGrid({ explainer, classes }: Setup): boolean {
  return explainer.explained.methods.length > 1 && classes.length > 1;
}

/** The figure of one image as a table: methods × classes. */
export function gridFile(
  path: string,
  setup: Setup,
  { source, result }: Explained,
  scene: Scene,
  flags: ExplainFlags,
): Promise<Uint8Array> {
  const sheet = sheetOf(setup, flags, 1);
  sheet.add(source.name, scene, result);
  return sheet.file(path, figureWords(setup, result, scene, flags).footer);
}

/** The contact sheet that `--sheet` asks for. */
export class SheetWriter {
  readonly #sheet: ContactSheet;
  #footer: string | undefined;

  /** @throws UsageError, GradcamError `limit` where there would be too much on it */
  constructor(
    private readonly setup: Setup,
    private readonly flags: ExplainFlags,
    private readonly path: string,
    images: number,
  ) {
    this.#sheet = sheetOf(setup, flags, images);
  }

  add({ source, result, placement }: Explained, loaded: Loaded): void {
    const scene = sceneOf(this.setup, loaded, placement, this.flags);
    this.#sheet.add(source.name, scene, result);
    if (scene !== undefined) this.#footer ??= figureWords(this.setup, result, scene, this.flags).footer;
  }

  /** @returns the path; undefined where there was no image to show */
  async write(): Promise<string | undefined> {
    if (this.#footer === undefined) return undefined;
    await writeOutput(this.path, await this.#sheet.file(this.path, this.#footer), true);
    return this.path;
  }
}

function sheetOf(setup: Setup, { colormap }: ExplainFlags, images: number): ContactSheet {
  const { explainer, labels, classes } = setup;
  return new ContactSheet({
    images,
    methods: explainer.explained.methods.map(({ method }) => method.name),
    classes: Math.max(1, classes.length),
    named: (prediction) => named(setup, prediction),
    label: (index) => shortLabel(labels, index),
    colormap,
  });
}
