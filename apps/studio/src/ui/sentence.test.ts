import { describe, expect, it } from 'vitest';
import { sentence } from './sentence.js';

describe('a message of the engine on the page', () => {
  it.each([
    ['expected 10 labels, but got 3', 'Expected 10 labels, but got 3.'],
    ['Choose another file!', 'Choose another file!'],
    [
      "the model has no layer named 'a', did you mean 'b'; gradcam layers lists them all",
      "The model has no layer named 'a', did you mean 'b'; the strip of layers below shows those that can.",
    ],
    ['name a layer (gradcam layers lists them)', 'Name a layer; the strip of layers below shows those that can.'],
    ['one pass methods can (gradcam methods lists them)', 'One pass methods can.'],
  ])('%s', (message, words) => {
    expect(sentence(message)).toBe(words);
  });
});
