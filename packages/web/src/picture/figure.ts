import type { Figure } from '@gradcam/core';
import { type Canvas, canvas } from './canvas.js';
import { toImageData } from './write.js';

/** A figure as a picture: `toPng(renderFigure(figure))` makes a file of it. In a page and in a worker alike. */
export function renderFigure({ width, height, background, panels, svg }: Figure): OffscreenCanvas {
  const sheet = canvas(width, height);
  sheet.fillStyle = background;
  sheet.fillRect(0, 0, width, height);
  for (const { x, y, image } of panels) sheet.putImageData(toImageData(image), x, y);
  drawSvg(sheet, svg);
  return sheet.canvas;
}

type Attributes = ReadonlyMap<string, string>;

/**
 * Draws what `figure` writes: rectangles, paths and linear gradients. Workers have no parser for SVG, and this is all that figures need of it.
 *
 * @throws RangeError for anything else
 */
function drawSvg(sheet: Canvas, svg: string): void {
  const gradients = new Map<string, Stop[]>();
  let stops: Stop[] = [];
  for (const [, tag = '', rest = ''] of svg.matchAll(/<([a-zA-Z]+)((?:\s[^<>]*?)?)\/?>/g)) {
    const attributes = attributesOf(rest);
    if (tag === 'linearGradient') {
      stops = [];
      gradients.set(`url(#${attributes.get('id')})`, stops);
    } else if (tag === 'stop') stops.push({ offset: number(attributes, 'offset'), color: attributes.get('stop-color') ?? '#000' });
    else if (tag === 'rect' || tag === 'path') drawShape(sheet, tag, attributes, gradients);
    else if (tag !== 'svg' && tag !== 'defs') throw new RangeError(`a figure with <${tag}>`);
  }
}

interface Stop {
  readonly offset: number;
  readonly color: string;
}

function drawShape(sheet: Canvas, tag: 'rect' | 'path', a: Attributes, gradients: ReadonlyMap<string, readonly Stop[]>): void {
  const shape = tag === 'path' ? new Path2D(a.get('d') ?? '') : rectangle(a);
  sheet.save();
  transform(sheet, a.get('transform') ?? '');
  const fill = a.get('fill') ?? '#000';
  if (fill !== 'none') {
    const stops = gradients.get(fill);
    sheet.fillStyle = stops === undefined ? fill : upwards(sheet, a, stops);
    sheet.fill(shape);
  }
  const stroke = a.get('stroke') ?? 'none';
  if (stroke !== 'none') {
    sheet.strokeStyle = stroke;
    sheet.globalAlpha = number(a, 'stroke-opacity', 1);
    sheet.lineWidth = number(a, 'stroke-width', 1);
    sheet.stroke(shape);
  }
  sheet.restore();
}

function rectangle(a: Attributes): Path2D {
  const path = new Path2D();
  path.roundRect(number(a, 'x'), number(a, 'y'), number(a, 'width'), number(a, 'height'), number(a, 'rx'));
  return path;
}

/** From the foot of a rectangle to its top, as the colour bar has it. */
function upwards(sheet: Canvas, a: Attributes, stops: readonly Stop[]): CanvasGradient {
  const top = number(a, 'y');
  const gradient = sheet.createLinearGradient(0, top + number(a, 'height'), 0, top);
  for (const { offset, color } of stops) gradient.addColorStop(offset, color);
  return gradient;
}

/** `translate(x y) rotate(degrees) scale(factor)`, in that order of the text. */
function transform(sheet: Canvas, text: string): void {
  for (const [, name = '', numbers = ''] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [first = 0, second] = numbers.split(/[\s,]+/).map(Number);
    if (name === 'translate') sheet.translate(first, second ?? 0);
    else if (name === 'rotate') sheet.rotate((first * Math.PI) / 180);
    else if (name === 'scale') sheet.scale(first, second ?? first);
    else throw new RangeError(`a figure with the transformation ${name}`);
  }
}

function attributesOf(text: string): Attributes {
  return new Map([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
}

function number(a: Attributes, name: string, absent = 0): number {
  return Number(a.get(name) ?? absent);
}
