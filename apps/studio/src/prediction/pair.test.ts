import { describe, expect, it } from 'vitest';
import { withChosen } from './pair.js';

describe('choosing one of two classes', () => {
  const pair = { class: 3, other: 5 };

  it('sets its place and leaves the other', () => {
    expect(withChosen(pair, 'class', 7)).toEqual({ class: 7, other: 5 });
    expect(withChosen(pair, 'other', 7)).toEqual({ class: 3, other: 7 });
  });

  it('swaps the two where it stood in the other place', () => {
    expect(withChosen(pair, 'class', 5)).toEqual({ class: 5, other: 3 });
    expect(withChosen(pair, 'other', 3)).toEqual({ class: 5, other: 3 });
  });

  it('changes nothing where it stands there already', () => {
    expect(withChosen(pair, 'class', 3)).toEqual(pair);
  });
});
