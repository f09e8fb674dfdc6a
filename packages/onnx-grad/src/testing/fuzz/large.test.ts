import { describe, expect, test } from 'vitest';
import { concat } from '../../bytes/append.js';
import { encodeNode, type NewNode } from '../../bytes/write.js';
import { model } from '../model.js';
import { random } from '../random.js';
import { call, choose, LOCAL, localFunction } from '../subgraphs.js';
import { attempt } from './attempt.js';
import { Dice } from './mutate.js';

/** Many of one thing: what takes the square of their number would take minutes. */
const MANY = 30_000;
/** Seconds of computing; each takes one or less on an idle machine. */
const SECONDS = 10;

const many = (make: (index: number) => NewNode | Uint8Array) => Array.from({ length: MANY }, (_, index) => make(index));
const chain = (opType: string) =>
  many((index) => ({ opType, inputs: [index === 0 ? 'x' : `v${index - 1}`], outputs: [index === MANY - 1 ? 'y' : `v${index}`] }));
const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const of = (nodes: readonly (NewNode | Uint8Array)[], rest: Partial<Parameters<typeof model>[0]> = {}) =>
  model({ opset: 17, inputs: [{ name: 'x', type: 'float32', dims: ['n', 3] }], outputs: ['y'], nodes, ...rest });
const open = { inputs: [{ name: 'x', type: 'float32', dims: undefined } as const] };
const one = localFunction({
  name: 'F',
  inputs: ['a'],
  outputs: ['b'],
  nodes: [{ opType: 'Neg', inputs: ['a'], outputs: ['b'] }],
  opsets: { '': 17 },
});
const neg = (input: string) => ({ nodes: [{ opType: 'Neg', inputs: [input], outputs: ['r'] }], outputs: ['r'] });

describe('graphs of many', () => {
  test.each<[string, () => Uint8Array]>([
    ['Identity nodes in a chain', () => of(chain('Identity'))],
    ['Identity nodes behind an input of unknown shape', () => of(chain('Identity'), open)],
    ['Relu nodes in a chain', () => of(chain('Relu'))],
    ['Dropout nodes behind an input of unknown shape', () => of(chain('Dropout'), open)],
    [
      'consumers of one value',
      () =>
        of([
          ...many((index) => ({ opType: 'Relu', inputs: ['x'], outputs: [`v${index}`] })),
          { opType: 'Sum', inputs: names(MANY, 'v'), outputs: ['y'] },
        ]),
    ],
    ['inputs of one node', () => of([{ opType: 'Sum', inputs: new Array(MANY).fill('x'), outputs: ['y'] }])],
    ['parts of one Concat', () => of([{ opType: 'Concat', inputs: new Array(MANY).fill('x'), outputs: ['y'], attributes: { axis: 1 } }])],
    [
      'outputs',
      () =>
        of(
          many((index) => ({ opType: 'Relu', inputs: ['x'], outputs: [`v${index}`] })),
          { outputs: names(MANY, 'v') },
        ),
    ],
    ['outputs of one Split', () => of([{ opType: 'Split', inputs: ['x'], outputs: names(MANY, 'v') }], { outputs: names(MANY, 'v') })],
    [
      'inputs',
      () =>
        of([{ opType: 'Add', inputs: ['i0', 'i1'], outputs: ['y'] }], {
          inputs: names(MANY, 'i').map((name) => ({ name, type: 'float32', dims: [1] })),
        }),
    ],
    [
      'names under the prefix of new ones',
      () =>
        of(
          many((index) => ({ opType: 'Relu', inputs: ['x'], outputs: [`${'_'.repeat(index % 100)}grad/${index}`] })),
          { outputs: ['grad/0'] },
        ),
    ],
    [
      'names like the one that is missing',
      () =>
        of(
          many((index) => ({ opType: 'Relu', inputs: ['x'], outputs: [`${'ab'.repeat(95)}${index}`] })),
          { outputs: ['cd'.repeat(95)] },
        ),
    ],
    [
      'calls of a function',
      () =>
        of(
          many((index) => call('F', [index === 0 ? 'x' : `v${index - 1}`], [index === MANY - 1 ? 'y' : `v${index}`])),
          { domains: { [LOCAL]: 1 }, functions: [one] },
        ),
    ],
    [
      'branches',
      () =>
        of([...many((index) => choose('yes', [`v${index}`], neg('x'), neg('x'))), { opType: 'Relu', inputs: ['v0'], outputs: ['y'] }], {
          initializers: new Map([['yes', { type: 'bool', dims: [], data: [1] }]]),
        }),
    ],
    [
      'axes of a window',
      () =>
        of([
          {
            opType: 'MaxPool',
            inputs: ['x'],
            outputs: ['y'],
            attributes: { kernel_shape: new Array<number>(MANY).fill(2), pads: new Array<number>(2 * MANY).fill(1) },
          },
        ]),
    ],
    [
      'axes of a shape',
      () =>
        of(
          [
            { opType: 'Reshape', inputs: ['x', 'shape'], outputs: ['r'] },
            { opType: 'ReduceSum', inputs: ['r'], outputs: ['y'] },
          ],
          { initializers: new Map([['shape', { type: 'int64', dims: [MANY], data: new Array<number>(MANY).fill(1) }]]) },
        ),
    ],
    [
      'attributes of a node',
      () =>
        of([
          concat([
            encodeNode({
              opType: 'LeakyRelu',
              inputs: ['x'],
              outputs: ['y'],
              attributes: Object.fromEntries(names(MANY, 'a').map((name) => [name, 1])),
            }),
          ]),
        ]),
    ],
    [
      'letters of an Einsum',
      () =>
        of([
          {
            opType: 'Einsum',
            inputs: ['x', 'x'],
            outputs: ['y'],
            attributes: { equation: `${'ij'.repeat(MANY)},${'jk'.repeat(MANY)}->${'ik'.repeat(MANY)}` },
          },
        ]),
    ],
  ])(
    '%s end soon',
    (_, make) => {
      const bytes = make();
      const start = process.cpuUsage();
      const end = attempt(bytes, new Dice(random('many')));
      const { user, system } = process.cpuUsage(start);
      expect([end, (user + system) / 1e6 < SECONDS]).toEqual([expect.any(String), true]);
    },
    120_000,
  );
});
