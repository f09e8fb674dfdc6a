import { nodeRuntime } from '@gradcam/node';
import { GraphBuilder, readModel } from 'onnx-grad';
import { describe, expect, it } from 'vitest';
import { openGradient } from '../explain/gradient.js';
import { openExplainer } from '../explain/open.js';
import { readClassifier } from '../model/model.js';
import type { Tensor } from '../runtime/runtime.js';
import { transformer, unfolded, WIDTH, windowed } from '../testing/transformers.js';
import { axisOf, whole } from './axes.js';
import type { Layer } from './layers.js';
import { layoutOf, layoutText } from './layout.js';
import { layersOf } from './listing.js';
import { regroup } from './regroup.js';

const runtime = await nodeRuntime();
const list = async (bytes: Uint8Array) => layersOf(runtime, await readClassifier(runtime, bytes));
const find = (layers: readonly Layer[], name: string) => {
  const layer = layers.find((one) => one.name === name);
  return layer === undefined
    ? undefined
    : `${layoutText(layer.layout)} ${layer.layout.grid.map((size) => (typeof size === 'number' ? size : '?')).join('x')}`;
};

function picture(height: number, width: number, images = 1): Tensor {
  const data = Float32Array.from({ length: images * 3 * height * width }, (_, index) => Math.sin(index * 0.37) + Math.cos(index * 0.011));
  return { type: 'float32', dims: [images, 3, height, width], data };
}

/** Where channel c of row r and column q lies in a value of the layout, for one image. */
type Place = (channel: number, row: number, column: number) => number;

const tokens =
  (columns: number, before = 0): Place =>
  (channel, row, column) =>
    (before + row * columns + column) * WIDTH + channel;
const last = tokens;

/** Windows of 2 × 2: the window, then the place in it. */
const windows =
  (columns: number): Place =>
  (channel, row, column) =>
    (((Math.floor(row / 2) * columns) / 2 + Math.floor(column / 2)) * 4 + (row % 2) * 2 + (column % 2)) * WIDTH + channel;

/** Places in patches of 2 × 2 first, then the patch. */
const places =
  (rows: number, columns: number): Place =>
  (channel, row, column) =>
    (((((row % 2) * 2 + (column % 2)) * rows) / 2) * (columns / 2) + (Math.floor(row / 2) * columns) / 2 + Math.floor(column / 2)) * WIDTH +
    channel;

interface Case {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly side: readonly [height: number, width: number];
  readonly layer: string;
  readonly layout: string;
  readonly place: Place;
  /** What `auto` means. */
  readonly auto: string;
}

const cases: readonly Case[] = [
  {
    title: 'a class token',
    bytes: transformer(),
    side: [8, 8],
    layer: 'last.norm1',
    layout: 'N(1+HW)C 2x2',
    place: tokens(2, 1),
    auto: 'last.norm1',
  },
  {
    title: 'a class token, a batch fixed at one',
    bytes: transformer({ batch: 1 }),
    side: [8, 8],
    layer: 'last.norm1',
    layout: 'N(1+HW)C 2x2',
    place: tokens(2, 1),
    auto: 'last.norm1',
  },
  {
    title: 'class and distillation tokens, a grid that is no square',
    bytes: transformer({ before: 2, width: 20 }),
    side: [8, 20],
    layer: 'first',
    layout: 'N(2+HW)C 2x5',
    place: tokens(5, 2),
    auto: 'last.norm1',
  },
  {
    title: 'registers behind the picture',
    bytes: transformer({ before: 1, after: 4, height: 16 }),
    side: [16, 8],
    layer: 'last.norm1',
    layout: 'N(1+HW+4)C 4x2',
    place: tokens(2, 1),
    auto: 'last.norm1',
  },
  {
    title: 'registers that no mean counts',
    bytes: transformer({ before: 5, reads: 'mean', width: 12 }),
    side: [8, 12],
    layer: 'norm',
    layout: 'N(5+HW)C 2x3',
    place: tokens(3, 5),
    auto: 'own',
  },
  {
    title: 'no token beside the picture’s',
    bytes: transformer({ before: 0, reads: 'mean', width: 12 }),
    side: [8, 12],
    layer: 'norm',
    layout: 'N(HW)C 2x3',
    place: tokens(3),
    auto: 'norm',
  },
  {
    title: 'a picture of any height',
    bytes: transformer({ open: true, width: 20 }),
    side: [12, 20],
    layer: 'last.norm1',
    layout: 'N(1+HW)C ?x5',
    place: tokens(5, 1),
    auto: 'last.norm1',
  },
  { title: 'channels last', bytes: windowed(), side: [16, 24], layer: 'norm', layout: 'NHWC 4x6', place: last(6), auto: 'norm' },
  {
    title: 'windows in the batch',
    bytes: windowed(),
    side: [16, 24],
    layer: 'windows',
    layout: '(NHW)(HW)C 4x6',
    place: windows(6),
    auto: 'norm',
  },
  {
    title: 'places of patches in the batch',
    bytes: unfolded(),
    side: [16, 24],
    layer: 'block',
    layout: '(NHW)(HW)C 4x6',
    place: places(4, 6),
    auto: 'block',
  },
];

describe.each(cases)('$title', ({ bytes, side, layer, layout, place, auto }) => {
  const [height, width] = side;

  it('is recognised, and the last layer that counts is chosen', async () => {
    const layers = await list(bytes);
    expect(find(layers, layer)).toBe(layout);
    expect(layers.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual([auto]);
  });

  it('gives the map that the definition gives', async () => {
    const input = picture(height, width);
    const gradient = await openGradient(runtime, bytes, { of: 'scores', wrt: layer, class: 2 });
    const g = (await gradient.run({ picture: input })).data as Float32Array;
    await gradient.close();
    const b = new GraphBuilder(readModel(bytes));
    b.expose(layer);
    const session = await runtime.open(b.append());
    const a = (await session.run({ picture: input }, [layer]))[layer]?.data as Float32Array;
    await session.close();
    const [rows, columns] = [height / 4, width / 4];
    const expected = new Float64Array(rows * columns);
    const positions = Array.from(expected, (_, position) => [Math.floor(position / columns), position % columns] as const);
    for (let channel = 0; channel < WIDTH; channel++) {
      const weight = positions.reduce((sum, [row, column]) => sum + (g[place(channel, row, column)] ?? Number.NaN), 0) / positions.length;
      for (const [index, [row, column]] of positions.entries())
        expected[index] = (expected[index] ?? 0) + weight * (a[place(channel, row, column)] ?? Number.NaN);
    }
    const explainer = await openExplainer(runtime, bytes, { layers: [layer] });
    const [result] = await explainer.explain(input, [2]);
    const map = result?.explanations[0]?.maps[0];
    await explainer.close();
    expect([map?.height, map?.width]).toEqual([rows, columns]);
    const most = Math.max(...expected.map(Math.abs));
    expect(most).toBeGreaterThan(1e-4);
    for (const [index, value] of expected.entries()) expect(Math.abs((map?.data[index] ?? Number.NaN) - value)).toBeLessThan(1e-5 * most);
  });

  it('explains several classes and images as one by one', async () => {
    const explainer = await openExplainer(runtime, bytes, { layers: [layer] });
    const input = picture(height, width, 2);
    const together = await explainer.explain(input, [3, 0]);
    const length = 3 * height * width;
    for (const image of [0, 1]) {
      const data = (input.data as Float32Array).slice(image * length, (image + 1) * length);
      const both = await explainer.explain({ type: 'float32', dims: [1, 3, height, width], data }, [3, 0]);
      for (const [which, index] of [3, 0].entries()) {
        const [alone] = await explainer.explain({ type: 'float32', dims: [1, 3, height, width], data }, [index]);
        const map = alone?.explanations[0]?.maps[0]?.data ?? [];
        for (const result of [together[image], both[0]]) {
          const other = result?.explanations[which]?.maps[0]?.data ?? [];
          expect(other).toHaveLength(map.length);
          map.forEach((value, position) => {
            expect(other[position]).toBeCloseTo(value, 5);
          });
        }
      }
    }
    await explainer.close();
  });
});

it('leaves out and refuses what lies behind the last attention, where only the class token counts', async () => {
  const names = (await list(transformer())).map(({ name }) => name);
  expect(names).toContain('first');
  for (const dead of ['last.attended', 'last', 'norm']) expect(names).not.toContain(dead);
  await expect(openExplainer(runtime, transformer(), { layers: ['last'] })).rejects.toMatchObject({
    code: 'no-layer',
    message: expect.stringContaining('only its class token does'),
  });
});

it('takes no attention for a picture', async () => {
  const names = (await list(transformer())).map(({ name }) => name);
  for (const inside of ['last.attention.split', 'last.attention.0', 'last.attention.scores', 'last.attention.weights'])
    expect(names).not.toContain(inside);
});

describe('a Reshape', () => {
  const map = [whole('images', 'batch'), whole('channels', 6), axisOf('rows', 8), axisOf('columns', 12)];
  const dims = ['batch', 6, 8, 12];
  const text = (to: readonly (number | string)[]) => {
    const layout = layoutOf(regroup(map, dims, to));
    return layout && `${layoutText(layout)} ${layout.grid.join('x')}`;
  };

  it.each([
    ['tokens', ['batch', 6, 96], 'NC(HW) 8x12'],
    ['tokens of a size that only the others tell', ['batch', 6, ''], 'NC(HW) 8x12'],
    ['windows', ['batch', 6, 2, 4, 3, 4], 'NCHHWW 8x12'],
    ['an axis of size 1', ['batch', 1, 6, 8, 12], 'N1CHW 8x12'],
    ['channels split over two axes', ['batch', 2, 3, 8, 12], undefined],
    ['positions among the channels', ['batch', 12, 4, 12], undefined],
    ['another count', ['batch', 5, 8, 12], undefined],
  ])('into %s', (_, to, expected) => {
    expect(text(to)).toBe(expected);
  });
});
