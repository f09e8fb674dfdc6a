import { constantOf } from '../graph.js';
import { type ElementType, elementType } from '../types.js';
import { elementwiseShapes } from './elementwise.js';
import { layoutShapes } from './layout.js';
import { type NumbersRule, numbers } from './numbers.js';
import { productShapes } from './products.js';
import type { ShapeRule } from './rule.js';
import type { Step } from './step.js';
import { windowShapes } from './windows.js';

type TypeRule = (step: Step, index: number) => ElementType | undefined;

/** The type of another input. */
const like =
  (input: number): TypeRule =>
  (s) =>
    s.type(input);

const always =
  (type: ElementType): TypeRule =>
  () =>
    type;

const each = (operators: string, rule: TypeRule) => Object.fromEntries(operators.split(/\s+/).map((operator) => [operator, rule]));

/** The type of an output, of operators that have no rule of shapes or not the type of their first input. */
const types: Readonly<Record<string, TypeRule>> = {
  Cast: (s) => elementType(s.a.int('to', 0)),
  QuantizeLinear: (s) => (s.has(2) ? s.type(2) : (elementType(s.a.int('output_dtype', 0)) ?? 'uint8')),
  TopK: (s, index) => (index === 0 ? s.type(0) : 'int64'),
  ConstantOfShape: (s) => (s.a.has('value') ? constantOf(s.node)?.type : 'float32'),
  ...each('DequantizeLinear Where CastLike', like(1)),
  ...each('QLinearConv QLinearMatMul', like(7)),
  ...each('DynamicQuantizeLinear', always('uint8')),
  ...each('ConvInteger MatMulInteger', always('int32')),
  ...each('Shape Size ArgMax ArgMin', always('int64')),
  ...each('Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Not IsNaN IsInf', always('bool')),
};

/** Operators whose rules tell of each output; of others they tell of the first. */
const everyOutput: ReadonlySet<string> = new Set(['Split', 'TopK']);

/** All that is inferred of what an operator gives. */
export interface Inferences {
  readonly shape: ShapeRule | undefined;
  /** Undefined: the type of the first input. */
  readonly type: TypeRule | undefined;
  /** The numbers of small tensors. */
  readonly numbers: NumbersRule | undefined;
  readonly everyOutput: boolean;
}

const shapes = { ...windowShapes, ...productShapes, ...elementwiseShapes, ...layoutShapes };

/** What is inferred, by operator of the standard. */
export const inferences: ReadonlyMap<string, Inferences> = new Map(
  [...Object.keys(shapes), ...Object.keys(types)].map((name) => [
    name,
    { shape: shapes[name], type: types[name], numbers: numbers[name], everyOutput: everyOutput.has(name) },
  ]),
);
