import type { NewNode } from '../bytes/write.js';
import type { ElementType } from '../graph/types.js';
import { constant, fixed, type Input } from './case.js';

/** Nodes of the real-valued functions that quantised operators stand for. */

export function node(opType: string, inputs: readonly string[], output: string, attributes: NewNode['attributes'] = {}): NewNode {
  return { opType, inputs, outputs: [output], attributes };
}

/** A vector with axes of size 1 behind it, under the name `of/column`. */
export function column(of: string, behind: number): NewNode[] {
  const shape = { type: 'int64', dims: [behind + 1], data: [-1, ...new Array<number>(behind).fill(1)] } as const;
  return [
    { opType: 'Constant', inputs: [], outputs: [`${of}/shape`], attributes: { value: { tensor: shape } } },
    node('Reshape', [of, `${of}/shape`], `${of}/column`),
  ];
}

/** (q − zero) · scale, under the name `q/real`. */
export function realOf(q = '', scale = '', zero = ''): NewNode[] {
  if (zero === '') return [node('Mul', [q, scale], `${q}/real`)];
  return [node('Sub', [q, zero], `${q}/centred`), node('Mul', [`${q}/centred`, scale], `${q}/real`)];
}

/** real / scale, without the zero point, which changes no difference. */
export function quantisedOf(real: string, scale = '', output = ''): NewNode {
  return node('Div', [real, scale], output);
}

/** A scale, or one for each channel. */
export function scales(...values: number[]): Input {
  return constant(fixed(values.length === 1 ? [] : [values.length], values));
}

/** A zero point, or one for each channel. */
export function zeros(type: ElementType, ...values: number[]): Input {
  return constant(fixed(values.length === 1 ? [] : [values.length], values, type));
}
