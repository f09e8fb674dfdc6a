import { expect, it } from 'vitest';
import { formFor, mediaType } from './accept.js';

it.each([
  [undefined, 'json'],
  ['', 'json'],
  ['*/*', 'json'],
  ['application/json', 'json'],
  ['image/*', 'png'],
  ['IMAGE/WEBP', 'webp'],
  ['text/html, image/jpeg;q=0.4, application/x-npy; q=0.5', 'npy'],
  ['application/octet-stream', 'npy'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
  ['image/png;q=0, image/jpeg', 'jpeg'],
])('%s asks for %s', (accept, form) => expect(formFor(accept)).toBe(form));

it('nothing that there is: 406', () => {
  expect(() => formFor('text/html, image/png;q=0')).toThrow('expected Accept to name one of application/json, image/png');
});

it('a media type without its parameters', () => {
  expect(mediaType('Multipart/Form-Data; boundary=x')).toBe('multipart/form-data');
  expect(mediaType(null)).toBe('');
});
