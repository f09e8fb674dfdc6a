import type { LayerFacts, MethodFacts } from '../engine/protocol.js';

/** Layers that a strip shows at most: more than a look takes in. */
export const MAX_LAYERS = 16;

/** Convolutions from which on a network counts as convolutional: a transformer has one, which cuts the picture into patches. */
const MIN_CONVOLUTIONS = 3;

/**
 * The layers of a strip, in the order of the network: its convolutions, from the first to the last; of a transformer the sums behind its blocks. Of many,
 * as many as a strip shows, evenly spread. The default layer and the one that is chosen are always among them.
 */
export function layersToShow(layers: readonly LayerFacts[], chosen: string): readonly LayerFacts[] {
  const standing = layers.find(({ isDefault }) => isDefault) ?? layers.at(-1);
  const convolutions = layers.filter(({ isConvolution }) => isConvolution);
  const sums = layers.filter(({ operator, channels }) => operator === 'Add' && channels === standing?.channels);
  const [kind = layers] = [convolutions, sums].filter(({ length }) => length >= MIN_CONVOLUTIONS);
  const shown = new Set(evenly(kind, MAX_LAYERS));
  return layers.filter((layer) => shown.has(layer) || layer === standing || layer.name === chosen);
}

/** Members of a list, evenly spread, the first and the last among them. */
function evenly<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  const step = (list.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => list[Math.round(index * step)]).filter((member) => member !== undefined);
}

/**
 * A layer's name as a tile shows it. Exporters write the path of a module and, as its end, the operator: `/layer4/layer4.1/conv2/Conv_output_0` is
 * `layer4.1/conv2`.
 */
export function shortName({ name, operator }: Pick<LayerFacts, 'name' | 'operator'>): string {
  const path = name
    .replace(/_output_\d+$/, '')
    .split('/')
    .filter((part) => part !== '');
  const modules = path.length > 1 && path.at(-1)?.startsWith(operator) ? path.slice(0, -1) : path;
  // A module's name repeats that of the one around it.
  const innermost = modules.filter((part, index) => !modules[index + 1]?.startsWith(`${part}.`));
  return innermost.slice(-2).join('/') || name;
}

/** The sides of a layer's grid, where they are known. */
export function gridOf({ shape, channels }: Pick<LayerFacts, 'shape' | 'channels'>): string {
  const [first, ...sides] = shape.slice(1);
  if (shape.length !== 4) return `${channels} channels`;
  const grid = first === channels ? sides : [first, sides[0]];
  return grid.map((side) => (typeof side === 'number' ? side : '?')).join(' × ');
}

/** Which methods a strip works out by itself, and which only when it is asked to. The control that explains nothing is left out. */
export function methodsToShow(methods: readonly MethodFacts[]): {
  readonly quick: readonly MethodFacts[];
  readonly slow: readonly MethodFacts[];
} {
  const shown = methods.filter(({ name }) => name !== 'random');
  return { quick: shown.filter(({ slow }) => !slow), slow: shown.filter(({ slow }) => slow) };
}
