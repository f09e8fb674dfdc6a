import { namePart } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../errors.js';
import { PathClaims } from './names.js';

describe('PathClaims', () => {
  it('gives no path twice, whatever the case, and none that is read', () => {
    const claims = new PathClaims(['out/a.png']);
    expect(['a', 'A', 'b', 'a'].map((stem) => claims.free(`out/${stem}`, '.png'))).toEqual([
      'out/a-2.png',
      'out/A-3.png',
      'out/b.png',
      'out/a-4.png',
    ]);
    expect(() => claims.exact('./out/a.png')).toThrow(UsageError);
    expect(claims.exact('out/c.png')).toBe('out/c.png');
    expect(() => claims.exact('out/../out/c.png')).toThrow("two outputs would be written to 'out/../out/c.png'");
  });
});

describe('namePart', () => {
  it.each([
    ['tiger cat', 'tiger-cat'],
    ['/fire9/Concat_output_0', 'fire9-Concat_output_0'],
    ['../../etc/passwd', 'etc-passwd'],
    ["academic robe, judge's robe", 'academic-robe-judge-s-robe'],
    ['Käse 猫', 'Käse-猫'],
    ['…', 'unnamed'],
    ['x'.repeat(300), 'x'.repeat(60)],
  ])('%j becomes %j', (text, part) => {
    expect(namePart(text)).toBe(part);
  });
});
