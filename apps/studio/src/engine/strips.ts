import {
  against,
  type Explainer,
  type Explanation,
  GradcamError,
  type Heatmap,
  type Method,
  methods,
  openExplainer,
  type Runtime,
  resizeMap,
  type SessionOptions,
  type Tensor,
} from '@gradcam/core';
import { Kept, once } from './kept.js';
import { type Problem, problemOf } from './words.js';

/** What many small maps are asked of: one class of one picture. */
export interface StripQuestion {
  readonly model: number;
  readonly picture: number;
  readonly class: number;
  readonly against: number | undefined;
}

/** A small map, by the name of its layer or method; or why there is none. */
export interface Tile {
  readonly name: string;
  /** In [0, 1] over the network's input. */
  readonly heatmap?: Heatmap;
  readonly problem?: Problem;
}

export type OnTile = (tile: Tile) => void;

/** Longer side up to which maps travel to the page. */
const MAX_SIDE = 256;

/** What a stop and the progress of a question of many runs need. */
export interface Following {
  readonly signal: { readonly aborted: boolean };
  readonly progress?: (done: number, total: number) => void;
}

/** Methods that differ in the map alone, and share the gradient: all answer in one run, or none does. */
function isPlain(method: Method): boolean {
  if (method.kind === 'runs' || method.of !== 'layer') return false;
  return method.choose === undefined && method.target === undefined && method.rewrite === undefined && method.rows === undefined;
}

/** Many small maps of one model: one for each of some layers, or for each of some methods. */
export class Strips {
  readonly #layers: Kept<Explainer>;
  readonly #methods: Kept<Explainer>;
  /** Methods that have explained a layer before, by the layer: they can be asked together. */
  readonly #proven = new Map<string, Set<string>>();

  constructor(
    private readonly runtime: Runtime,
    private readonly bytes: Uint8Array,
    private readonly session: SessionOptions,
  ) {
    this.#layers = new Kept(bytes.length);
    this.#methods = new Kept(bytes.length);
  }

  /**
   * A map of each layer by one method: all in one run, and one by one where that fails, so that a layer that cannot be explained does not hide the others.
   *
   * @param size height and width of the input
   * @throws GradcamError `aborted`
   */
  async ofLayers(
    input: Tensor,
    size: readonly [number, number],
    asked: StripQuestion,
    method: string,
    layers: readonly string[],
    tile: OnTile,
    following: Following,
  ): Promise<void> {
    const answer = async (some: readonly string[]): Promise<Tile[]> => {
      const [explanation] = await this.#ask(this.#layers, input, asked, some, [method], following);
      return (explanation?.maps ?? []).map((map, index) => ({ name: some[index] ?? '', heatmap: heatmapOf(map, size) }));
    };
    await inGroups([layers], answer, tile, following);
  }

  /**
   * A map of a layer by each method. At first those that share their gradient answer in one run, and the others one by one, since many refuse one model
   * or the other; when they are asked again, all that could answer do so in one run.
   *
   * @throws GradcamError `aborted`
   */
  async ofMethods(
    input: Tensor,
    asked: StripQuestion,
    layer: string,
    names: readonly string[],
    tile: OnTile,
    following: Following,
  ): Promise<void> {
    const proven = this.#proven.get(layer) ?? new Set();
    this.#proven.set(layer, proven);
    const answer = async (some: readonly string[]): Promise<Tile[]> => {
      const kept = some.length > 1 ? this.#methods : undefined;
      const explanations = await this.#ask(kept, input, asked, [layer], some, following);
      return explanations.map(({ method, heatmap }) => ({ name: method, heatmap: smaller(heatmap) }));
    };
    const together = names.filter((name) => proven.has(name) || methods.some((method) => method.name === name && isPlain(method)));
    const alone = names.filter((name) => !together.includes(name));
    const told = (made: Tile) => {
      if (made.heatmap !== undefined && isQuick(made.name)) proven.add(made.name);
      tile(made);
    };
    await inGroups([together, ...alone.map((name) => [name])], answer, told, following);
  }

  async close(): Promise<void> {
    await this.#layers.close();
    await this.#methods.close();
  }

  #ask(
    kept: Kept<Explainer> | undefined,
    input: Tensor,
    { class: index, against: other }: StripQuestion,
    layers: readonly string[],
    names: readonly string[],
    following: Following,
  ): Promise<readonly Explanation[]> {
    const { runtime, bytes, session } = this;
    const target = other === undefined ? {} : { target: against(other) };
    const open = () => openExplainer(runtime, bytes, { layers, methods: names, session, ...target });
    const ask = async (explainer: Explainer) => (await explainer.explainOne(input, [index], following)).explanations;
    return kept === undefined ? once(open, ask) : kept.use(JSON.stringify([layers, names, other ?? null]), open, ask);
  }
}

/** Whether a method answers in one pass. */
function isQuick(name: string): boolean {
  return methods.some((method) => method.name === name && method.kind !== 'runs');
}

/** Asks group after group, and members of a group one by one where the group fails. What one member cannot is its tile's problem. */
async function inGroups(
  groups: readonly (readonly string[])[],
  answer: (group: readonly string[]) => Promise<Tile[]>,
  tile: OnTile,
  { signal }: Following,
): Promise<void> {
  const stopIfAborted = () => {
    if (signal.aborted) throw new GradcamError('aborted', 'the small maps were stopped before all were there');
  };
  for (const group of groups.filter(({ length }) => length > 0)) {
    stopIfAborted();
    try {
      for (const made of await answer(group)) tile(made);
    } catch (error) {
      stopIfAborted();
      if (group.length > 1)
        await inGroups(
          group.map((name) => [name]),
          answer,
          tile,
          { signal },
        );
      else tile({ name: group[0] ?? '', problem: problemOf(error) });
    }
  }
}

/** ReLU, resized to the proportions of the input, divided by its maximum. */
function heatmapOf(map: Heatmap, [height, width]: readonly [number, number]): Heatmap {
  const positive = { ...map, data: map.data.map((value) => Math.max(value, 0)) };
  const resized = resizeMap(positive, ...fitted(width, height));
  const most = resized.data.reduce((most, value) => Math.max(most, value), 0);
  return most > 0 ? { ...resized, data: resized.data.map((value) => value / most) } : resized;
}

function smaller(heatmap: Heatmap): Heatmap {
  const [width, height] = fitted(heatmap.width, heatmap.height);
  return width < heatmap.width || height < heatmap.height ? resizeMap(heatmap, width, height) : heatmap;
}

/** Width and height of which the longer is at most `MAX_SIDE`. */
function fitted(width: number, height: number): [width: number, height: number] {
  const factor = Math.min(1, MAX_SIDE / Math.max(width, height));
  return [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
}
