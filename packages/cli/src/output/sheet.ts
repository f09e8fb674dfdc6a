import {
  type ColormapName,
  type Explanation,
  explainedPanels,
  findMethod,
  type ImageResult,
  type Prediction,
  type RgbImage,
  type SheetCell,
  type SheetRow,
  type SheetSpec,
  sheet,
  sheetSide,
} from '@gradcam/core';
import { imageExtension, renderFigure } from '@gradcam/node';
import { UsageError } from '../errors.js';
import { percent } from './numbers.js';
import type { Scene } from './picture.js';

/** What a contact sheet shows. */
export interface SheetPlan {
  readonly images: number;
  /** Names of the methods. */
  readonly methods: readonly string[];
  /** How many classes of each image. */
  readonly classes: number;
  /** How headings call a class, with how probable it is, and without. */
  readonly named: (prediction: Prediction) => string;
  readonly label: (index: number) => string;
  readonly colormap: ColormapName;
}

/** Columns of the sheet of one image; where there would be more, the longer list goes down. */
const MAX_COLUMNS = 8;

/** Predictions beside the picture of a sheet of one image. */
const PREDICTIONS = 5;

/**
 * A contact sheet in the making. One image: methods × classes, the picture above. Several: a row for each, with its methods or its classes. Pictures
 * are brought to the size in which they are shown as they come, so that many large photos need no memory.
 */
export class ContactSheet {
  readonly #rows: SheetRow[] = [];
  readonly #side: number;
  #columns: readonly string[] = [];
  #head: SheetSpec['head'];

  /** @throws UsageError for several images with several methods and several classes; GradcamError `limit` for too many pictures */
  constructor(private readonly plan: SheetPlan) {
    const { images, methods, classes } = plan;
    if (images > 1 && methods.length > 1 && classes > 1)
      throw new UsageError(
        `a sheet of several images shows several methods or several classes, but ${methods.length} methods and ${classes} classes were asked for; give one image, one --method or one --class`,
      );
    this.#side = sheetSide(images * (methods.length * classes + 1));
  }

  /** Shows an image. @param name as the sheet has it */
  add(name: string, scene: Scene, { predictions, explanations }: ImageResult): void {
    const { picture, placement, look } = scene;
    const panels = explanations.map((explanation) => ({
      explanation,
      ...explainedPanels(picture, explanation.heatmap, placement, { ...look, side: [this.#side, this.#side] }),
    }));
    const [first] = panels;
    if (first === undefined) return;
    if (this.plan.images > 1) this.#addRow(name, first.photo, predictions, panels);
    else this.#fill(name, first.photo, predictions, panels);
  }

  /** The bytes of an image file. @param path tells its format; @param footer a line at the foot */
  file(path: string, footer: string): Promise<Uint8Array> {
    const { colormap, images, methods, classes } = this.plan;
    // Nothing else on the sheet would say which method it is.
    const method = images > 1 && classes > 1 ? `${findMethod(methods[0] ?? '').title}  ·  ` : '';
    const spec = { columns: this.#columns, rows: this.#rows, colorBar: { colormap }, footer: `${method}${footer}` };
    return renderFigure(sheet({ ...spec, ...(this.#head && { head: this.#head }) }), imageExtension(path));
  }

  #addRow(title: string, photo: RgbImage, [best]: readonly Prediction[], panels: readonly Panel[]): void {
    const { classes } = this.plan;
    const [first] = panels;
    const explained = classes === 1 ? first?.explanation.class : best;
    const headings = panels.map(({ explanation }) =>
      classes > 1 ? this.plan.label(explanation.class.index) : findMethod(explanation.method).title,
    );
    this.#columns = ['', ...headings];
    const cells = panels.map((panel) => cellOf(panel, classes > 1 ? percent(panel.explanation.class.probability) : ''));
    this.#rows.push({
      title,
      note: explained === undefined ? '' : this.plan.named(explained),
      cells: [{ image: photo }, ...cells],
    });
  }

  #fill(title: string, photo: RgbImage, predictions: readonly Prediction[], panels: readonly Panel[]): void {
    this.#head = { image: photo, title, lines: predictions.slice(0, PREDICTIONS).map((prediction) => this.plan.named(prediction)) };
    const classes = [...new Map(panels.map(({ explanation }) => [explanation.class.index, explanation.class])).values()];
    const methods = this.plan.methods;
    const cell = (method: string, index: number) => {
      const panel = panels.find(({ explanation }) => explanation.method === method && explanation.class.index === index);
      return panel && cellOf(panel, '');
    };
    const titles = methods.map((method) => findMethod(method).title);
    if (classes.length > MAX_COLUMNS && methods.length < classes.length) {
      this.#columns = titles;
      for (const one of classes)
        this.#rows.push({
          title: this.plan.label(one.index),
          note: percent(one.probability),
          cells: methods.map((method) => cell(method, one.index)),
        });
      return;
    }
    this.#columns = classes.map((one) => this.plan.named(one));
    for (const [index, method] of methods.entries())
      this.#rows.push({ title: titles[index] ?? '', cells: classes.map((one) => cell(method, one.index)) });
  }
}

interface Panel {
  readonly explanation: Explanation;
  readonly overlay: RgbImage;
}

function cellOf({ explanation: { evidence }, overlay }: Panel, caption: string): SheetCell {
  return { image: overlay, caption: [caption, ...(evidence ? [] : ['nothing speaks for it'])].filter(Boolean).join(', ') };
}
