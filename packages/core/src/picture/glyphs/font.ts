/** A font as `scripts/glyphs.mjs` writes it: three tables of lines, in units of 1/{@link UNITS_PER_EM} em. */
export interface GlyphSource {
  /** One contour a line: SVG path commands relative to its first point, y downwards. A shape that many glyphs share is here once. */
  readonly contours: string;
  /** `CODE ADVANCE INDEX,X,Y INDEX,X,Y…`: code point in base 16, advance width, and its contours (line number, first point). */
  readonly glyphs: string;
  /** `LEFTS AMOUNT:RIGHTS AMOUNT:RIGHTS…`: the kerning between each character of LEFTS and each of RIGHTS. */
  readonly kerning: string;
}

export interface Glyph {
  /** Advance width in font units. */
  readonly advance: number;
  readonly contours: readonly { readonly path: string; readonly x: number; readonly y: number }[];
}

export interface Font {
  readonly glyphs: ReadonlyMap<string, Glyph>;
  /** Kerning in font units by pair of characters; absent: 0. */
  readonly kerning: ReadonlyMap<string, number>;
}

export const UNITS_PER_EM = 512;

/** Unpacks a glyph table; about a millisecond. */
export function readFont(source: GlyphSource): Font {
  const contours = lines(source.contours);
  const glyphs = new Map<string, Glyph>();
  for (const line of lines(source.glyphs)) {
    const [code = '', advance = '', ...parts] = line.split(' ');
    const placed = parts.map((part) => {
      const [index = 0, x = 0, y = 0] = part.split(',').map(Number);
      return { path: contours[index] ?? '', x, y };
    });
    glyphs.set(String.fromCodePoint(Number.parseInt(code, 16)), { advance: Number(advance), contours: placed });
  }
  return { glyphs, kerning: readKerning(source.kerning) };
}

function readKerning(source: string): Map<string, number> {
  const kerning = new Map<string, number>();
  for (const line of lines(source)) {
    const [lefts = '', ...groups] = line.split(' ');
    for (const group of groups) {
      const colon = group.indexOf(':');
      const amount = Number(group.slice(0, colon));
      for (const left of lefts) for (const right of group.slice(colon + 1)) kerning.set(left + right, amount);
    }
  }
  return kerning;
}

const lines = (text: string): string[] => text.trim().split('\n');
