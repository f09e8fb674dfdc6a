import { OnnxGradError } from 'onnx-grad';
import { describe, expect, it } from 'vitest';
import { GradcamError } from './errors.js';
import { errorOf, failureOf } from './failure.js';

describe('an error crosses to another thread', () => {
  const errors = [
    new GradcamError('unknown-class', 'expected a class from 0 to 9, but got 10'),
    new OnnxGradError('unsupported-operator', "operator 'Loop' is not differentiated"),
    new Error('out of memory'),
  ];

  it.each(errors)('%s', (error) => {
    const arrived = errorOf(structuredClone(failureOf(error)));
    expect(arrived.constructor).toBe(error.constructor);
    expect(arrived).toMatchObject({ message: error.message, ...('code' in error && { code: error.code }) });
  });

  it('whatever was thrown', () => {
    expect(errorOf(failureOf('text')).message).toBe('text');
  });
});
