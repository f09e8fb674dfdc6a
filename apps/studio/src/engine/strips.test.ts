import { readFileSync } from 'node:fs';
import { against, layersOf, openExplainer, readClassifier, type Tensor } from '@gradcam/core';
import { nodeRuntime } from '@gradcam/node';
import { afterAll, describe, expect, it } from 'vitest';
import { Insides } from './inside.js';
import { Strips, type Tile } from './strips.js';

const runtime = await nodeRuntime();
const bytes = new Uint8Array(readFileSync(new URL('../../../../models/everyday/everyday-int8.onnx', import.meta.url)));
const model = await readClassifier(runtime, bytes);
const SIDE = 32;
const input: Tensor = {
  type: 'float32',
  dims: [1, 3, SIDE, SIDE],
  data: Float32Array.from({ length: 3 * SIDE * SIDE }, (_, index) => Math.sin(index / 7) + Math.cos(index / 190)),
};
const asked = { model: 1, picture: 1, class: 9, against: undefined };
const going = { signal: { aborted: false } };

/** What a strip tells, by name. */
function collect() {
  const tiles = new Map<string, Tile>();
  return { tiles, tile: (made: Tile) => void tiles.set(made.name, made) };
}

describe('strips of the bundled model', () => {
  const strips = new Strips(runtime, bytes, {});
  afterAll(() => strips.close());

  it('show each layer as if it were asked alone, and say of one that is none why', async () => {
    const layers = (await layersOf(runtime, model)).filter(({ operator }) => operator === 'Conv').map(({ name }) => name);
    const { tiles, tile } = collect();
    await strips.ofLayers(input, [SIDE, SIDE], asked, 'gradcam', [...layers, 'no layer'], tile, going);
    expect([...tiles.keys()]).toEqual([...layers, 'no layer']);
    expect(tiles.get('no layer')?.problem?.code).toBe('unknown-layer');
    for (const layer of [layers[0] ?? '', layers.at(-1) ?? '']) {
      const explainer = await openExplainer(runtime, bytes, { layers: [layer] });
      const [alone] = (await explainer.explainOne(input, [asked.class])).explanations;
      const heatmap = tiles.get(layer)?.heatmap;
      expect([heatmap?.width, heatmap?.height]).toEqual([SIDE, SIDE]);
      // The same arithmetic; a strip divides after resizing. Float32 rounding.
      for (const [index, value] of (alone?.heatmap.data ?? []).entries()) expect(heatmap?.data[index]).toBeCloseTo(value, 4);
      await explainer.close();
    }
  });

  it('show methods as if each were asked alone, at first and when asked together, and say which are not for the model', async () => {
    const names = ['gradcam', 'hirescam', 'eigencam', 'rollout', 'saliency', 'fullgrad'];
    const first = collect();
    await strips.ofMethods(input, asked, 'auto', names, first.tile, going);
    expect([...first.tiles.keys()].sort()).toEqual([...names].sort());
    expect(first.tiles.get('rollout')?.problem?.code).toBe('unsupported-model');
    const again = collect();
    const other = { ...asked, class: 0, against: 9 };
    await strips.ofMethods(input, other, 'auto', names, again.tile, going);
    for (const method of names.filter((name) => name !== 'rollout')) {
      for (const { tiles, options } of [
        { tiles: first.tiles, options: {} },
        { tiles: again.tiles, options: { target: against(9) } },
      ]) {
        const explainer = await openExplainer(runtime, bytes, { methods: [method], ...options });
        const [alone] = (await explainer.explainOne(input, [tiles === first.tiles ? 9 : 0])).explanations;
        const heatmap = tiles.get(method)?.heatmap;
        for (const [index, value] of (alone?.heatmap.data ?? []).entries()) expect(heatmap?.data[index]).toBeCloseTo(value, 4);
        await explainer.close();
      }
    }
  });

  it('tell how far a slow method is, and stop it between two runs', async () => {
    const signal = { aborted: false };
    const told: (readonly [number, number])[] = [];
    const progress = (done: number, total: number) => {
      told.push([done, total]);
      signal.aborted = done >= 64;
    };
    const { tiles, tile } = collect();
    await expect(strips.ofMethods(input, asked, 'auto', ['rise'], tile, { signal, progress })).rejects.toMatchObject({ code: 'aborted' });
    expect(told.at(-1)?.[0]).toBeLessThan(200);
    expect(told.at(-1)?.[1]).toBe(2000);
    expect(tiles.size).toBe(0);
  });
});

describe('the inside of the bundled model', () => {
  it('is kept open for the next class, and opened anew for another layer', async () => {
    let opened = 0;
    const counting = {
      name: runtime.name,
      open: (...given: Parameters<typeof runtime.open>) => {
        opened++;
        return runtime.open(...given);
      },
    };
    const insides = new Insides(counting, bytes, {});
    const layer = 'auto';
    const first = await insides.parts(input, { ...asked, layer });
    const once = opened;
    const second = await insides.parts(input, { ...asked, layer, class: 0 });
    expect([first.class, second.class, opened]).toEqual([9, 0, once]);
    await insides.parts(input, { ...asked, layer: 'last-conv' });
    expect(opened).toBeGreaterThan(once);
    await insides.close();
  });
});
