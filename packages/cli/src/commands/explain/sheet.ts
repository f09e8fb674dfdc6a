import { basename } from 'node:path';
import { GradcamError } from '@gradcam/core';
import type { Loaded } from '../../input/source.js';
import { shortLabel } from '../../model/labels.js';
import { figureFile, type Scene } from '../../output/picture.js';
import { ContactSheet } from '../../output/sheet.js';
import { writeOutput } from '../../output/write.js';
import type { ExplainFlags } from './command.js';
import type { Explained } from './report.js';
import type { Setup } from './setup.js';
import { figureWords, named } from './words.js';
import { sceneOf } from './write.js';

/** The figure of one image: a table of methods and classes where there are several of both, else panels in rows. */
export function imageFigure(
  path: string,
  setup: Setup,
  { source, result }: Explained,
  scene: Scene,
  flags: ExplainFlags,
): Promise<Uint8Array> {
  const words = figureWords(setup, result, scene, flags);
  if (setup.explainer.explained.methods.length === 1 || setup.classes.length < 2)
    return figureFile(path, scene, result.explanations, words);
  const sheet = sheetOf(setup, flags, 1);
  sheet.add(basename(source.name), scene, result);
  return sheet.file(path, words.footer);
}

/** The contact sheet that `--sheet` asks for: of one image its figure, of several a row each. */
export class SheetWriter {
  readonly #sheet: ContactSheet;
  #bytes: (() => Promise<Uint8Array>) | undefined;

  /** @throws UsageError, GradcamError `limit` where there would be too much on it */
  constructor(
    private readonly setup: Setup,
    private readonly flags: ExplainFlags,
    private readonly path: string,
    private readonly images: number,
  ) {
    this.#sheet = sheetOf(setup, flags, images);
  }

  /** @throws GradcamError `invalid-image` for a tensor */
  add(explained: Explained, loaded: Loaded): void {
    const { setup, flags, path } = this;
    const { source, result, placement } = explained;
    const scene = sceneOf(setup, loaded, placement, flags);
    if (scene === undefined)
      throw new GradcamError('invalid-image', `'${source.name}' is a tensor, but a contact sheet shows pictures; give the picture`);
    if (this.images === 1) {
      this.#bytes = () => imageFigure(path, setup, explained, scene, flags);
      return;
    }
    this.#sheet.add(basename(source.name), scene, result);
    const { footer } = figureWords(setup, result, scene, flags);
    this.#bytes ??= () => this.#sheet.file(path, footer);
  }

  /** @returns the path; undefined where there was no image to show */
  async write(): Promise<string | undefined> {
    if (this.#bytes === undefined) return undefined;
    await writeOutput(this.path, await this.#bytes(), true);
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
