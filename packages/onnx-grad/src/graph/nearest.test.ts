import { describe, expect, it } from 'vitest';
import { closest, editDistance, nearest } from './nearest.js';

describe('nearest', () => {
  // Counted by hand; the third is the textbook example of Levenshtein's distance.
  it.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['kitten', 'sitting', 3],
    ['resnet', 'resent', 1],
    ['ca', 'abc', 3],
  ])('counts the edits from %j to %j', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
    expect(editDistance(a, b, distance)).toBe(distance);
    if (distance > 0) expect(editDistance(a, b, distance - 1)).toBeGreaterThan(distance - 1);
  });

  it('prefers few edits to mere containment, and gives nothing for what is far away', () => {
    const names = ['mobilenet_v3_large', 'resnet50', 'resnet18', 'vgg16'];
    expect(nearest('ResNet-18', names)).toEqual(['resnet18', 'resnet50']);
    expect(nearest('mobilenet', names)).toEqual(['mobilenet_v3_large']);
    expect(nearest('x'.repeat(5000), names)).toEqual([]);
    expect(nearest('inception', names)).toEqual([]);
  });

  it('has a closest one all the same where one is wanted', () => {
    expect(closest('inception', ['mobilenet_v3_large', 'resnet50', 'conv'])).toEqual(['conv']);
    expect(closest('ResNet-18', ['resnet18', 'vgg16'])).toEqual(['resnet18']);
    expect(closest('x', [])).toEqual([]);
  });
});
