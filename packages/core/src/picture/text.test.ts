import { describe, expect, test } from 'vitest';
import { cleanText, fitText, MAX_LABEL_LENGTH, measureText, textPath } from './text.js';

const place = { size: 512, x: 0, y: 0 };

describe('measureText', () => {
  test('advance widths and kerning of Inter at 512 px, where a unit is a pixel', () => {
    // Origin: fontTools on @fontsource/inter 5.3.0: kern(A, V) −140, advance of 0 1292 and 1351, of H 1522, in 1/2048 em.
    expect(measureText('A', { size: 512 }) + measureText('V', { size: 512 }) - measureText('AV', { size: 512 })).toBe(35);
    expect(measureText('0', { size: 512 })).toBe(323);
    expect(measureText('0', { size: 512, weight: 'semibold' })).toBe(338);
    // 1522 / 4 is 380.5: a tolerance of half a unit for the rounding of the table.
    expect(Math.abs(measureText('HH', { size: 512 }) - 761)).toBeLessThanOrEqual(1);
  });

  test('covers Latin, Greek, Cyrillic and the signs that titles use', () => {
    const box = measureText('\u{10ffff}', { size: 512 });
    for (const character of 'AzÄßéñŁőΩλЖяҐ–—…·×%°“”‘’→≤≥−✓±²') {
      expect(textPath(character, place), character).not.toContain('h260v-370h-260z');
      expect(measureText(character, { size: 512 }), character).toBeGreaterThan(0);
    }
    expect(box).toBe(340);
  });
});

describe('textPath', () => {
  test('no character of the text becomes markup', () => {
    const svg = textPath('<script>&"\'</script>\u0000\u202e', place);
    expect(svg).toMatch(/^<path fill="#000" transform="translate\(0 0\) scale\(1\.00000\)" d="[MmLlHhVvQqZz\d .-]+"\/>$/);
  });

  test('anchors move by the width', () => {
    const width = measureText('Cat', { size: 20 });
    const start = (anchor: 'middle' | 'end') =>
      Number(/translate\(100 50\) translate\((-[\d.]+)\)/.exec(textPath('Cat', { size: 20, x: 100, y: 50, anchor }))?.[1]);
    expect(start('end')).toBeCloseTo(-width, 1);
    expect(start('middle')).toBeCloseTo(-width / 2, 1);
  });

  test('a character without a glyph is a hollow box; nothing to draw is nothing', () => {
    expect(textPath('猫', place)).toContain('M40 0h260v-370h-260zm30-30v-310h200v310z');
    expect(textPath(' \n\t', place)).toBe('');
  });
});

describe('cleanText', () => {
  test('one line: composed accents, single spaces, no invisible characters', () => {
    expect(cleanText('  e\u0301cole\t\r\n\u200bb\u0000c\ufe0f ')).toBe('école b c');
  });

  test('is cut, however long the label', () => {
    expect([...cleanText('x'.repeat(1e6))].length).toBe(MAX_LABEL_LENGTH + 1);
    expect(cleanText('x'.repeat(MAX_LABEL_LENGTH))).toHaveLength(MAX_LABEL_LENGTH);
    expect(cleanText('\ud83d'.repeat(3))).toBe('');
  });
});

describe('fitText', () => {
  const style = { size: 20 };

  test('what fits stays as it is', () => {
    expect(fitText('cat', style, 200, 16)).toEqual({ text: 'cat', size: 20 });
  });

  test('is set smaller before it is cut', () => {
    const width = measureText('Egyptian cat', style) * 0.9;
    const { text, size } = fitText('Egyptian cat', style, width, 16);
    expect(text).toBe('Egyptian cat');
    expect(size).toBe(18);
  });

  test('is cut in the middle and keeps its end', () => {
    const { text, size } = fitText('Grad-CAM: a very long label that nobody can read 95.6 %', style, 200, 16);
    expect(text).toMatch(/^Grad-CAM.*….*95\.6 %$/);
    expect(measureText(text, { size })).toBeLessThanOrEqual(200);
    expect(fitText('Egyptian cat', style, 3, 16).text).toBe('');
  });
});
