import { type Font, type Glyph, readFont, UNITS_PER_EM } from './glyphs/font.js';
import { regular } from './glyphs/regular.js';
import { semibold } from './glyphs/semibold.js';

/** Text as outlines: a figure looks the same on every machine, and no text of a user ever becomes markup. */

export type FontWeight = 'regular' | 'semibold';

export interface TextStyle {
  /** Font size in px: the height of the em square; capitals are 0.73 of it. */
  readonly size: number;
  /** Default `regular`. */
  readonly weight?: FontWeight;
}

export interface TextPlace extends TextStyle {
  /** Where the baseline starts, is centred or ends, by `anchor`, in px. */
  readonly x: number;
  /** Baseline, in px. */
  readonly y: number;
  /** Default `start`. */
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Default `#000`. */
  readonly fill?: string;
  /** Degrees clockwise around (x, y); default 0. */
  readonly rotate?: number;
}

/** Characters of a label that are drawn at most; the rest is an ellipsis. A label comes from a file that anyone may have written. */
export const MAX_LABEL_LENGTH = 200;

const fonts = new Map<FontWeight, Font>();

function fontOf(weight: FontWeight): Font {
  let font = fonts.get(weight);
  if (!font) {
    font = readFont(weight === 'semibold' ? semibold : regular);
    fonts.set(weight, font);
  }
  return font;
}

/** What a character without a glyph looks like: a hollow box as wide as a capital. */
const missing: Glyph = { advance: 340, contours: [{ path: 'h260v-370h-260zm30-30v-310h200v310z', x: 40, y: 0 }] };

/** One line of at most {@link MAX_LABEL_LENGTH} characters: composed accents, no control or invisible characters, single spaces. */
export function cleanText(text: string): string {
  // Cut first, so that a label of a gigabyte costs nothing; at four times the limit, since a character may take two UTF-16 units
  // and an accent of its own.
  const start = text.slice(0, 4 * MAX_LABEL_LENGTH).normalize('NFC');
  const characters = [...start.replace(/[\p{Cc}\s]+/gu, ' ').replace(/[\p{Cf}\p{Cs}\p{M}]/gu, '')];
  const whole = characters.length <= MAX_LABEL_LENGTH && text.length <= 4 * MAX_LABEL_LENGTH;
  return whole ? characters.join('').trim() : `${characters.slice(0, MAX_LABEL_LENGTH).join('').trim()}…`;
}

/** Glyphs of a text with the pen position of each, and the advance of all, in font units. */
function layOut(text: string, weight: FontWeight): { pens: { glyph: Glyph; x: number }[]; advance: number } {
  const font = fontOf(weight);
  const pens: { glyph: Glyph; x: number }[] = [];
  let advance = 0;
  let previous = '';
  for (const character of text) {
    const glyph = font.glyphs.get(character) ?? missing;
    advance += font.kerning.get(previous + character) ?? 0;
    pens.push({ glyph, x: advance });
    advance += glyph.advance;
    previous = character;
  }
  return { pens, advance };
}

/** Width of a text in px. The text is cleaned as by {@link cleanText}. */
export function measureText(text: string, style: TextStyle): number {
  return (layOut(cleanText(text), style.weight ?? 'regular').advance * style.size) / UNITS_PER_EM;
}

/**
 * A line of text as one SVG `<path>` element; '' for an empty text. Control characters are left out, characters without a glyph
 * are hollow boxes. No escaping is needed: the element holds numbers and path commands only (and `fill`, which is the caller's).
 */
export function textPath(text: string, place: TextPlace): string {
  const { pens, advance } = layOut(cleanText(text), place.weight ?? 'regular');
  let path = '';
  for (const { glyph, x } of pens) for (const contour of glyph.contours) path += `M${x + contour.x} ${contour.y}${contour.path}`;
  if (!path) return '';
  const scale = place.size / UNITS_PER_EM;
  const shift = { start: 0, middle: -0.5, end: -1 }[place.anchor ?? 'start'] * advance * scale;
  const turn = place.rotate ? ` rotate(${round(place.rotate)})` : '';
  const move = shift ? ` translate(${round(shift)})` : '';
  const transform = `translate(${round(place.x)} ${round(place.y)})${turn}${move} scale(${scale.toFixed(5)})`;
  return `<path fill="${place.fill ?? '#000'}" transform="${transform}" d="${path}"/>`;
}

/**
 * The text that fits into a width: set smaller down to `minSize` first, then cut in the middle, since the end of a title matters
 * as much as its start (the ending of a file's name, a percentage).
 * @param width in px; a width in which not even the ellipsis fits gives ''
 */
export function fitText(text: string, style: TextStyle, width: number, minSize: number): { text: string; size: number } {
  const whole = cleanText(text);
  const wanted = measureText(whole, style);
  if (wanted <= width) return { text: whole, size: style.size };
  const size = Math.max(minSize, Math.floor((style.size * width) / wanted));
  const fits = (candidate: string) => measureText(candidate, { ...style, size }) <= width;
  if (fits(whole)) return { text: whole, size };
  const characters = [...whole];
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(ellipsised(characters, middle))) low = middle;
    else high = middle - 1;
  }
  return { text: fits(ellipsised(characters, low)) ? ellipsised(characters, low) : '', size };
}

/** The first and last characters, `count` in all, with an ellipsis between them. */
function ellipsised(characters: readonly string[], count: number): string {
  const head = Math.ceil(0.6 * count);
  const tail = characters.slice(characters.length - (count - head));
  return `${characters.slice(0, head).join('').trimEnd()}…${tail.join('').trimStart()}`;
}

const round = (value: number): string => String(Math.round(value * 100) / 100);
