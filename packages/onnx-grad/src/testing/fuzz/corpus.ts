import { field } from '../../bytes/append.js';
import { GraphField } from '../../bytes/fields.js';
import type { NewNode } from '../../bytes/write.js';
import { build } from '../build.js';
import { text } from '../bytes.js';
import type { Case } from '../case.js';
import { model } from '../model.js';
import { call, choose, LOCAL, localFunction, nodeWith, type Subgraph } from '../subgraphs.js';

/** Operator sets in which the cases of the rules are written. */
const OPSETS = [9, 13, 17, 24];

/** A model of each case of the rules, so that each rule meets harmed attributes, shapes and constants. */
export function caseModels(cases: readonly Case[]): Uint8Array[] {
  return cases.flatMap((c, index) => {
    const opsets = OPSETS.filter((opset) => opset >= (c.since ?? 1) && opset <= (c.until ?? 100));
    const opset = opsets[index % opsets.length];
    return opset === undefined ? [] : [build(c, opset, index % 2 === 0 ? 'fixed' : 'symbolic').bytes];
  });
}

const node = (opType: string, inputs: readonly string[], ...outputs: string[]): NewNode => ({ opType, inputs, outputs });

/** Models of functions, branches and loops. */
export function handMade(): Uint8Array[] {
  const tanh: Subgraph = { nodes: [node('Tanh', ['h'], 'r')], outputs: ['r'] };
  const scaled: Subgraph = {
    nodes: [node('Mul', ['h', 'two'], 'p'), choose('no', ['r'], tanh, { nodes: [node('Neg', ['p'], 'r')], outputs: ['r'] })],
    outputs: ['r'],
    initializers: new Map([['two', { type: 'float32', dims: [], data: [2] }]]),
  };
  const opsets = { '': 17, [LOCAL]: 1 };
  const functions = [
    localFunction({
      name: 'Leaky',
      inputs: ['a', 'flag'],
      outputs: ['b'],
      defaults: { slope: { float: 0.2 } },
      nodes: [
        nodeWith(node('LeakyRelu', ['a'], 'c'), { refersTo: { alpha: 'slope' } }),
        choose('flag', ['d'], { nodes: [node('Exp', ['c'], 't')], outputs: ['t'] }, { nodes: [node('Neg', ['c'], 't')], outputs: ['t'] }),
        nodeWith(call('Inner', ['d'], ['b']), { overload: 'one' }),
      ],
      opsets,
    }),
    localFunction({ name: 'Inner', overload: 'one', inputs: ['a'], outputs: ['b'], nodes: [node('Softplus', ['a'], 'b')], opsets }),
    localFunction({ name: 'Inner', inputs: ['a'], outputs: ['b'], nodes: [node('Abs', ['a'], 'b')], opsets: { '': 12 } }),
  ];
  const constants = new Map([
    ['yes', { type: 'bool', dims: [], data: [1] } as const],
    ['no', { type: 'bool', dims: [], data: [0] } as const],
  ]);
  const inputs = [{ name: 'x', type: 'float32', dims: ['batch', 3] } as const];
  const whole = (nodes: readonly (NewNode | Uint8Array)[]) =>
    model({ opset: 17, irVersion: 10, inputs, outputs: ['y'], initializers: constants, domains: { [LOCAL]: 1 }, functions, nodes });
  const loop = nodeWith(node('Loop', ['count', 'yes', 'h'], 'y'), {
    subgraphs: { body: { nodes: [node('Identity', ['go'], 'on'), node('Exp', ['z'], 'e')], outputs: ['on', 'e'] } },
  });
  return [
    whole([node('Relu', ['x'], 'h'), choose('yes', ['g'], scaled, tanh), call('Leaky', ['g', 'no'], ['y'], { slope: { float: 0.3 } })]),
    whole([call('Leaky', ['x', 'yes'], ['h']), choose('no', ['g'], tanh, scaled), call('Inner', ['g'], ['y'])]),
    whole([node('Relu', ['x'], 'h'), loop]),
    // A graph in two fields, as an append leaves it.
    new Uint8Array([
      ...whole([node('Relu', ['x'], 'h')]),
      ...field(7, field(GraphField.node, new Uint8Array([...text(1, 'h'), ...text(2, 'y'), ...text(4, 'Exp')]))),
    ]),
  ];
}

/** Levels of calls that come to two to this power. */
const DOUBLINGS = 24;

/** Models that no exporter writes: circles, and much that is made of little. */
export function hostile(): Uint8Array[] {
  const inputs = [{ name: 'x', type: 'float32', dims: ['batch', 3] } as const];
  const whole = (nodes: readonly (NewNode | Uint8Array)[], functions: readonly Uint8Array[] = []) =>
    model({ opset: 17, irVersion: 10, inputs, outputs: ['y'], domains: { [LOCAL]: 1 }, functions, nodes });
  const unary = (name: string, ...nodes: readonly (NewNode | Uint8Array)[]) =>
    localFunction({ name, inputs: ['a'], outputs: ['b'], nodes, opsets: { '': 17, [LOCAL]: 1 } });
  const doubling = Array.from({ length: DOUBLINGS }, (_, level) =>
    unary(`F${level}`, call(`F${level + 1}`, ['a'], ['c']), call(`F${level + 1}`, ['c'], ['b'])),
  );
  const windows = { kernel_shape: [2 ** 31, 2 ** 53 - 1], strides: [-1, 0], pads: [2 ** 53 - 1, -1, 2 ** 31, 2 ** 40] };
  return [
    whole([call('Self', ['x'], ['y'])], [unary('Self', call('Self', ['a'], ['b']))]),
    whole([call('One', ['x'], ['y'])], [unary('One', call('Other', ['a'], ['b'])), unary('Other', call('One', ['a'], ['b']))]),
    whole([call('F0', ['x'], ['y'])], [...doubling, unary(`F${DOUBLINGS}`, node('Neg', ['a'], 'b'))]),
    // Nodes that wait for each other, one for itself, and a value that two make.
    whole([node('Add', ['x', 'z'], 'y'), node('Neg', ['y'], 'z')]),
    whole([node('Add', ['x', 'y'], 'y')]),
    whole([node('Neg', ['x'], 'y'), node('Exp', ['x'], 'y')]),
    whole([{ ...node('MaxPool', ['x'], 'y'), attributes: windows }]),
    model({
      opset: 17,
      inputs: [{ name: 'x', type: 'float32', dims: [2 ** 53 - 1, 2 ** 53 - 1, 2 ** 31] }],
      outputs: ['y'],
      nodes: [node('Expand', ['x', 'sizes'], 'e'), node('Tile', ['e', 'sizes'], 't'), node('ReduceProd', ['t'], 'y')],
      initializers: new Map([['sizes', { type: 'int64', dims: [3], data: [2 ** 53 - 1, -1, 2 ** 31] }]]),
    }),
  ];
}
