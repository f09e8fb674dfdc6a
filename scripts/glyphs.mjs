// Writes packages/core/src/picture/glyphs/{regular,semibold}.ts: the outlines, advance widths and kerning of Inter, so that a
// figure looks the same on every machine and needs no font. Needed only when the set of characters or the font changes:
//
//   mkdir glyphs && cd glyphs && npm init -y && npm install @fontsource/inter@5.3.0 harfbuzzjs@1.6.4
//   node ../scripts/glyphs.mjs
//
// The packages are taken from the working directory, so that the project itself does not depend on them.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';

const require = createRequire(join(process.cwd(), 'package.json'));
const hb = await import(pathToFileURL(require.resolve('harfbuzzjs')).href);
const inter = dirname(require.resolve('@fontsource/inter/package.json'));
const target = join(dirname(fileURLToPath(import.meta.url)), '../packages/core/src/picture/glyphs');

/** Units per em of the table. 1/512 em is 0.04 px at 20 px: finer than antialiasing shows, and most numbers have two digits. */
const EM = 512;
/** Smallest kerning that is kept, in units. */
const MIN_KERN = 4;

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));
const CHARACTERS = [
  ...range(0x20, 0x7e),
  ...range(0xa1, 0xac),
  ...range(0xae, 0xff),
  ...range(0x100, 0x148),
  ...range(0x14a, 0x17f),
  ...'Ș ș Ț ț'.split(' '),
  ...range(0x386, 0x3ce),
  ...range(0x400, 0x45f),
  ...'Ґґ–—‘’‚“”„•…′″‹›⁄€№™↑↓−',
];
const KERNED = `${range(0x21, 0x7e).join('')}’“”–—…`;

/** WOFF 1.0 (https://www.w3.org/TR/WOFF/) to the sfnt inside it: the same tables, inflated. */
function sfnt(woff) {
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, i) => {
    const [tag, offset, length, size, sum] = [0, 4, 8, 12, 16].map((at) => woff.readUInt32BE(44 + 20 * i + at));
    const bytes = woff.subarray(offset, offset + length);
    return { tag, sum, bytes: length < size ? inflateSync(bytes) : bytes };
  });
  const header = Buffer.alloc(12 + 16 * count);
  woff.copy(header, 0, 4, 8);
  header.writeUInt16BE(count, 4);
  const body = [];
  let at = header.length;
  for (const [i, { tag, sum, bytes }] of tables.entries()) {
    for (const [j, word] of [tag, sum, at, bytes.length].entries()) header.writeUInt32BE(word, 12 + 16 * i + 4 * j);
    const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
    body.push(padded);
    at += padded.length;
  }
  return Buffer.concat([header, ...body]);
}

function openFonts(weight) {
  return ['latin', 'latin-ext', 'greek', 'cyrillic'].map((subset) => {
    const bytes = sfnt(readFileSync(join(inter, 'files', `inter-${subset}-${weight}-normal.woff`)));
    const face = new hb.Face(new hb.Blob(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)), 0);
    const font = new hb.Font(face);
    font.setScale(2048, 2048);
    return font;
  });
}

/** Outline as contours of [command, ...points], y downwards, in units of the table but not yet rounded. */
function outline(path) {
  const contours = [];
  for (const [, command, numbers] of path.matchAll(/([MLQCZ])([^MLQCZ]*)/g)) {
    if (command === 'Z') continue;
    const values = numbers.split(/[ ,]+/).map((text, i) => (Number(text) * EM * (i % 2 ? -1 : 1)) / 2048);
    if (command === 'M') contours.push([]);
    contours.at(-1).push({ command, values });
  }
  return contours;
}

const mapPoints = (contours, f) =>
  contours.map((contour) =>
    contour.map(({ command, values }) => {
      const out = [];
      for (let i = 0; i < values.length; i += 2) out.push(...f(values[i], values[i + 1]));
      return { command, values: out };
    }),
  );

const box = (contours) => {
  const numbers = contours.flat().flatMap(({ values }) => values);
  const [xs, ys] = [0, 1].map((axis) => numbers.filter((_, i) => i % 2 === axis));
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
};

/** Numbers in SVG's shortest form: a minus sign separates by itself. */
const join2 = (numbers) => numbers.map((n, i) => (i && n >= 0 ? ' ' : '') + n).join('');

/** A contour in relative commands from its first point, so that the same shape is the same text wherever it stands. */
function encode(contour) {
  const [start, ...rest] = contour;
  const [x0, y0] = start.values;
  let [x, y] = [0, 0];
  let text = '';
  let last = '';
  for (const { command, values } of rest) {
    const relative = values.map((v, i) => Math.round(v - (i % 2 ? y0 : x0)));
    const [ex, ey] = relative.slice(-2);
    const delta = relative.map((v, i) => v - (i % 2 ? y : x));
    [x, y] = [ex, ey];
    if (delta.every((d) => d === 0)) continue;
    let letter = command.toLowerCase();
    let numbers = delta;
    if (letter === 'l' && delta[0] === 0) [letter, numbers] = ['v', [delta[1]]];
    else if (letter === 'l' && delta[1] === 0) [letter, numbers] = ['h', [delta[0]]];
    const body = join2(numbers);
    text += letter === last ? (numbers[0] < 0 ? body : ` ${body}`) : letter + body;
    last = letter;
  }
  return { text: `${text}z`, x: Math.round(x0), y: Math.round(y0) };
}

function table(weight) {
  const fonts = openFonts(weight);
  const find = (character) => {
    for (const font of fonts) {
      const id = font.nominalGlyph(character.codePointAt(0));
      if (id) return { contours: outline(font.glyphToPath(id)), advance: (font.glyphHAdvance(id) * EM) / 2048 };
    }
    return undefined;
  };
  const glyphs = new Map();
  for (const character of new Set(CHARACTERS)) {
    const glyph = find(character);
    if (glyph) glyphs.set(character, glyph);
    else if (/\p{Assigned}/u.test(character)) console.warn(`not in the font: ${character}`);
  }
  addOwn(glyphs);

  const contours = new Map();
  const lines = [];
  for (const [character, { contours: shapes, advance }] of [...glyphs].sort(([a], [b]) => a.codePointAt(0) - b.codePointAt(0))) {
    const parts = shapes.map(encode).filter((part) => part.text !== 'z');
    const used = parts.map(({ text, x, y }) => {
      if (!contours.has(text)) contours.set(text, contours.size);
      return `${contours.get(text)},${x},${y}`;
    });
    lines.push([character.codePointAt(0).toString(16), Math.round(advance), ...used].join(' '));
  }
  return { contours: [...contours.keys()], glyphs: lines, kerning: kerning(fonts[0]) };
}

/** Four signs that the packaged subsets lack, made of signs they have, so that they match in weight. */
function addOwn(glyphs) {
  const minus = glyphs.get('−');
  const bar = box(minus.contours);
  const axis = (bar.top + bar.bottom) / 2;
  const weight = bar.bottom - bar.top;
  const up = glyphs.get('↑');
  const upBox = box(up.contours);
  const middle = (upBox.left + upBox.right) / 2;
  const side = upBox.left;
  const length = upBox.bottom - upBox.top;
  glyphs.set('→', { contours: mapPoints(up.contours, (x, y) => [side + upBox.bottom - y, axis + x - middle]), advance: length + 2 * side });
  for (const [from, to] of ['<≤', '>≥'].map((pair) => [...pair])) {
    const { contours, advance } = glyphs.get(from);
    // The bar stands on the baseline, and the sign above it with the bar's own thickness between them.
    const lower = -bar.bottom;
    const raise = box(contours).bottom + 2.1 * weight;
    const shift = (box(contours).left + box(contours).right - bar.left - bar.right) / 2;
    glyphs.set(to, {
      contours: [...mapPoints(contours, (x, y) => [x, y - raise]), ...mapPoints(minus.contours, (x, y) => [x + shift, y + lower])],
      advance,
    });
  }
  // A tick: two strokes of the minus' weight at 45 degrees and 55 degrees, with square ends.
  const points = [
    [0, -110],
    [100, 0],
    [300, -300],
  ];
  glyphs.set('✓', { contours: mapPoints([stroke(points, weight)], (x, y) => [x + 40, y - 20]), advance: 380 });
}

/** The outline of a stroke along three points: offset by half the weight to both sides, mitred in the middle. */
function stroke([a, b, c], weight) {
  const unit = ([x0, y0], [x1, y1]) => [(x1 - x0) / Math.hypot(x1 - x0, y1 - y0), (y1 - y0) / Math.hypot(x1 - x0, y1 - y0)];
  const [u, v] = [unit(a, b), unit(b, c)];
  const offset = ([x, y], [dx, dy], side) => [x - (dy * side * weight) / 2, y + (dx * side * weight) / 2];
  const miter = (side) => {
    const [nx, ny] = [-(u[1] + v[1]), u[0] + v[0]];
    const scale = (side * weight) / (nx * -u[1] + ny * u[0]) / 2;
    return [b[0] + nx * scale, b[1] + ny * scale];
  };
  const outlinePoints = [offset(a, u, 1), miter(1), offset(c, v, 1), offset(c, v, -1), miter(-1), offset(a, u, -1)];
  return outlinePoints.map((values, i) => ({ command: i ? 'L' : 'M', values }));
}

/** Rows of `LEFT amount:RIGHT amount:RIGHT…`: every character of LEFT has this kerning with every character of RIGHT. */
function kerning(font) {
  const features = ['calt=0', 'liga=0'].map((text) => hb.Feature.fromString(text));
  const width = (text) => {
    const buffer = new hb.Buffer();
    buffer.addText(text);
    buffer.setScript?.('Latn');
    buffer.guessSegmentProperties();
    hb.shape(font, buffer, features);
    return buffer.getGlyphPositions().reduce((sum, { xAdvance }) => sum + xAdvance, 0);
  };
  const rows = new Map();
  const alone = new Map([...KERNED].map((c) => [c, width(c)]));
  for (const left of KERNED) {
    const groups = new Map();
    for (const right of KERNED) {
      const amount = Math.round(((width(left + right) - alone.get(left) - alone.get(right)) * EM) / 2048);
      if (Math.abs(amount) >= MIN_KERN) groups.set(amount, (groups.get(amount) ?? '') + right);
    }
    const row = [...groups].map(([amount, right]) => `${amount}:${right}`).join(' ');
    if (row) rows.set(row, (rows.get(row) ?? '') + left);
  }
  return [...rows].map(([row, left]) => `${left} ${row}`);
}

const literal = (lines) => `\`\n${lines.join('\n').replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\n\``;

for (const [name, weight] of [
  ['regular', 400],
  ['semibold', 600],
]) {
  const { contours, glyphs, kerning: pairs } = table(weight);
  const text = `// Generated by scripts/glyphs.mjs from @fontsource/inter 5.3.0; do not edit. The format is described in font.ts.
//
// Outlines derived from Inter ${weight}: Copyright 2016 The Inter Project Authors (https://github.com/rsms/inter),
// licensed under the SIL Open Font License 1.1 (OFL.txt beside this file, https://openfontlicense.org).
import type { GlyphSource } from './font.js';

export const ${name}: GlyphSource = {
  contours: ${literal(contours)},
  glyphs: ${literal(glyphs)},
  kerning: ${literal(pairs)},
};
`;
  writeFileSync(join(target, `${name}.ts`), text);
  console.log(`${name}: ${glyphs.length} glyphs, ${contours.length} contours, ${pairs.length} rows of kerning, ${text.length} characters`);
}
