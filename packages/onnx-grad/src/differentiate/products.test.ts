import { describe, expect, test } from 'vitest';
import { GraphBuilder, type Value } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import type { Graph } from '../graph/graph.js';
import type { Constant } from '../graph/types.js';
import { model } from '../testing/model.js';
import { answer, learnFacts } from '../testing/session.js';
import { gradient } from './gradient.js';
import { hessianVectorProduct, jacobianVectorProduct } from './products.js';

const wave = (dims: readonly number[], seed: number): Constant => ({
  type: 'float32',
  dims,
  data: Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) => Math.sin(seed + index * 1.7)),
});

/** y = softmax(tanh(x · w1 + b1) · w2), fed with x and w1. */
const bytes = model({
  opset: 17,
  inputs: [
    { name: 'x', type: 'float32', dims: [2, 4] },
    { name: 'w1', type: 'float32', dims: [4, 5] },
  ],
  outputs: ['y'],
  nodes: [
    { opType: 'MatMul', inputs: ['x', 'w1'], outputs: ['p'] },
    { opType: 'Add', inputs: ['p', 'b1'], outputs: ['a'] },
    { opType: 'Tanh', inputs: ['a'], outputs: ['t'] },
    { opType: 'MatMul', inputs: ['t', 'w2'], outputs: ['l'] },
    { opType: 'Softmax', inputs: ['l'], outputs: ['y'], attributes: { axis: -1 } },
  ],
  initializers: new Map([
    ['b1', wave([5], 2)],
    ['w2', wave([5, 3], 3)],
  ]),
});
const point = { x: wave([2, 4], 5), w1: wave([4, 5], 1) };
const directions = { v: wave([2, 4], 7), vw: wave([4, 5], 8) };

/**
 * PyTorch 1.13 in double precision, torch.autograd.functional.{vjp, jvp, hvp} on the same network, the score Σ y · c. Everything below is float32
 * with numbers below 1: 2e-6 is some ten roundings.
 */
const c = wave([2, 3], 9);
const reference = {
  gradient: [
    0.14816911233119778, -0.3471917527228078, 0.2698580229750744, 0.022276268990829053, 0.015866264123987502, -0.062024205974794286,
    0.058812356378815, -0.00878727115518243,
  ],
  jvp: [-0.27684521850285576, 0.26080481714927006, 0.01604040135358572, -0.015103554018552576, -0.030640541285897153, 0.04574409530444963],
  jvpOfBoth: [
    0.07925698381462672, -0.04759962768661893, -0.03165735612800776, 0.005931642494239416, 0.010107693684456466, -0.016039336178695896,
  ],
  hvp: [
    -0.2046154939671786, 0.7984046139522367, -0.7566826675482767, 0.11265933088649492, -0.08029104945986376, 0.13662456716119803,
    -0.08420818180054286, -0.03523591166644953,
  ],
  hvpOfBoth: [
    -0.12139737325142685, -0.4715725300985273, 0.6891819254484487, -0.35821891437189324, -0.0025502338772809274, -0.07864661366325895,
    0.09724262893955457, -0.038435826476691956, 0.20139506045680128, 0.01626389862035578, -0.016897319385193628, -0.01414527304903096,
    -0.08278193321302164, -0.00769154399989487, 0.15373246046168662, -0.005412218361990155, -0.26153259459523004, 0.004097089613581767,
    -0.1994130342627648, -0.05587906087034131, 0.018291988460928756, 0.08153934283386877, 0.08172615833433089, 0.05907808711093893,
    -0.13933304178259065, 0.0006985743561742624, 0.24052080380999147, -0.025157020696187405,
  ],
  third: [
    -0.3482734114605575, 0.6172881347036616, -0.39495619749487626, -0.1417514708415552, 0.5265518217667757, -0.22573331338329233,
    -0.25476353878832436, 0.532474678824649,
  ],
};
const TOLERANCE = 2e-6;

function expectClose(actual: readonly number[] | undefined, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const off = expected.map((value, index) => Math.abs(value - (actual?.[index] ?? Number.NaN)));
  expect(Math.max(...off)).toBeLessThan(TOLERANCE);
}

async function builder(model = bytes): Promise<GraphBuilder> {
  const graph = readModel(model);
  return new GraphBuilder(graph, await learnFacts(graph, point));
}
/** What the values on the way are is asked of ONNX Runtime, which is fed the directions, too. */
const learn = (graph: Graph) => learnFacts(graph, { ...point, ...directions });
const seed = (b: GraphBuilder) => new Map([['y', b.constant('float32', c.dims, c.data)]]);
const direction = (b: GraphBuilder, name: 'v' | 'vw'): Value => b.input(name, 'float32', directions[name].dims);

describe('Jacobian-vector products', () => {
  test('along one input', async () => {
    const b = await builder();
    const products = await jacobianVectorProduct(b, new Map([['x', direction(b, 'v')]]), ['y'], learn);
    b.output('jvp', products.get('y') ?? '');
    expectClose((await answer(b.append(), { ...point, ...directions }))['jvp']?.data, reference.jvp);
  });

  test('along two at once, of two values at once', async () => {
    const b = await builder();
    const tangents = new Map([
      ['x', direction(b, 'v')],
      ['w1', direction(b, 'vw')],
    ]);
    const products = await jacobianVectorProduct(b, tangents, ['y', 'p'], learn);
    for (const [of, value] of products) b.output(`jvp of ${of}`, value);
    const made = await answer(b.append(), { ...point, ...directions });
    expectClose(made['jvp of y']?.data, reference.jvpOfBoth);
    // d(x · w1) = v · w1 + x · vw, of which the first number.
    const { x, w1 } = point;
    const first = [0, 1, 2, 3].map(
      (k) => (directions.v.data[k] ?? 0) * (w1.data[5 * k] ?? 0) + (x.data[k] ?? 0) * (directions.vw.data[5 * k] ?? 0),
    );
    expect(made['jvp of p']?.data[0]).toBeCloseTo(
      first.reduce((sum, value) => sum + value),
      5,
    );
  });

  test('along two values that share one cotangent', async () => {
    const shared = model({
      opset: 17,
      inputs: [
        { name: 'x', type: 'float32', dims: [2, 4] },
        { name: 'z', type: 'float32', dims: [2, 4] },
      ],
      outputs: ['y'],
      nodes: [{ opType: 'Add', inputs: ['x', 'z'], outputs: ['y'] }],
    });
    const b = await builder(shared);
    const v = direction(b, 'v');
    const products = await jacobianVectorProduct(
      b,
      new Map([
        ['x', v],
        ['z', v],
      ]),
      ['y'],
      (graph) => learnFacts(graph, { x: point.x, z: point.x, v: directions.v }),
    );
    b.output('jvp', products.get('y') ?? '');
    const made = await answer(b.append(), { x: point.x, z: point.x, v: directions.v });
    expectClose(
      made['jvp']?.data,
      directions.v.data.map((value) => 2 * value),
    );
  });
});

describe('Hessian-vector products', () => {
  test('of one input, with the gradient beside it', async () => {
    const b = await builder();
    const { gradients, products } = await hessianVectorProduct(b, seed(b), new Map([['x', direction(b, 'v')]]), learn);
    b.output('gradient', gradients.get('x') ?? '');
    b.output('hvp', products.get('x') ?? '');
    const made = await answer(b.append(), { ...point, ...directions });
    expectClose(made['gradient']?.data, reference.gradient);
    expectClose(made['hvp']?.data, reference.hvp);
  });

  test('of two inputs at once, off the diagonal, too', async () => {
    const b = await builder();
    const vectors = new Map([
      ['x', direction(b, 'v')],
      ['w1', direction(b, 'vw')],
    ]);
    const { products } = await hessianVectorProduct(b, seed(b), vectors, learn);
    for (const [of, value] of products) b.output(`hvp of ${of}`, value);
    const made = await answer(b.append(), { ...point, ...directions });
    expectClose([...(made['hvp of x']?.data ?? []), ...(made['hvp of w1']?.data ?? [])], reference.hvpOfBoth);
  });

  test('are the difference of two gradients', async () => {
    const b = await builder();
    const { gradients, products } = await hessianVectorProduct(b, seed(b), new Map([['x', direction(b, 'v')]]), learn);
    b.output('gradient', gradients.get('x') ?? '');
    b.output('hvp', products.get('x') ?? '');
    const edited = b.append();
    const at = async (t: number) => {
      const x = { ...point.x, data: point.x.data.map((value, index) => value + t * (directions.v.data[index] ?? 0)) };
      return answer(edited, { ...point, ...directions, x });
    };
    const [above, below, here] = [await at(1 / 64), await at(-1 / 64), await at(0)];
    // Central differences with the step 1/64: h² ≈ 2e-4 of third derivatives of size 1.
    here['hvp']?.data.forEach((value, index) => {
      const slope = ((above['gradient']?.data[index] ?? 0) - (below['gradient']?.data[index] ?? 0)) * 32;
      expect(Math.abs(value - slope)).toBeLessThan(5e-4);
    });
  });

  test('of linear pieces are refused: they are zero', async () => {
    const pieces = model({
      opset: 17,
      inputs: [{ name: 'x', type: 'float32', dims: [2, 4] }],
      outputs: ['y'],
      nodes: [{ opType: 'Relu', inputs: ['x'], outputs: ['y'] }],
    });
    const b = await builder(pieces);
    const v = direction(b, 'v');
    await expect(hessianVectorProduct(b, new Map([['y', b.zerosLike('y')]]), new Map([['x', v]]), learn)).rejects.toMatchObject({
      code: 'no-gradient',
    });
  });
});

test('a builder can be extended again and again: third derivatives', async () => {
  const b = await builder();
  const { products } = await hessianVectorProduct(b, seed(b), new Map([['x', direction(b, 'v')]]), learn);
  await b.extend(learn);
  const u = wave([2, 4], 11);
  const third = gradient(b, new Map([[products.get('x') ?? '', b.constant('float32', u.dims, u.data)]]), ['x']);
  b.output('third', third.get('x') ?? '');
  expectClose((await answer(b.append(), { ...point, ...directions }))['third']?.data, reference.third);
});

test('what is appended is only what the outputs need, whatever was extended', async () => {
  const b = await builder();
  await jacobianVectorProduct(b, new Map([['x', direction(b, 'v')]]), ['y'], learn);
  b.output('gradient', gradient(b, seed(b), ['x']).get('x') ?? '');
  const alone = await builder();
  alone.input('v', 'float32', directions.v.dims);
  alone.output('gradient', gradient(alone, seed(alone), ['x']).get('x') ?? '');
  // What both need is computed once, where it is first needed: the order differs.
  const operators = ({ addition }: GraphBuilder) => addition.nodes.map(({ opType }) => opType).sort();
  expect(operators(b)).toEqual(operators(alone));
});

test('a model that was written and read again can be differentiated again', async () => {
  const first = await builder();
  first.output('gradient', gradient(first, seed(first), ['x']).get('x') ?? '');
  const graph = readModel(first.append());
  const b = new GraphBuilder(graph, await learnFacts(graph, point));
  b.output('hvp', gradient(b, new Map([['gradient', b.constant('float32', [2, 4], directions.v.data)]]), ['x']).get('x') ?? '');
  expectClose((await answer(b.append(), point))['hvp']?.data, reference.hvp);
});
