import { expect, it } from 'vitest';
import { Admission } from './admission.js';

it('as many as there is room for; who leaves makes room, once', () => {
  const admission = new Admission(3);
  const leave = admission.enter(2);
  expect(() => admission.enter(2)).toThrow('as much waits as there is room for; try again in 1 s');
  admission.enter(1);
  expect(admission.inside).toBe(3);
  leave();
  leave();
  expect(admission.inside).toBe(1);
  admission.enter(2);
});

it('more than there ever is room for is not told to come again', () => {
  expect(() => new Admission(3).enter(4)).toThrow(expect.objectContaining({ status: 413, code: 'limit' }));
});
