import { Attributes, type Node } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Model } from '../model/model.js';
import type { Dimension } from '../runtime/runtime.js';
import { type Axes, isSpatial, plain, whole } from './axes.js';
import type { Survey } from './layers.js';
import { type Layout, layoutOf, layoutText } from './layout.js';

/** The attention of a transformer: how much each token takes of each other one, block by block. */
export interface Attention {
  /** Values of the attention weights, from the first block to the last: [batch, heads, tokens, tokens], or with the heads folded into the batch. */
  readonly weights: readonly string[];
  /** Heads of each of them where they are folded into the batch; undefined where they have an axis. */
  readonly folded: readonly (Dimension | undefined)[];
  /** How a row over the tokens, [rows, 1, tokens], holds a map of the picture. */
  readonly layout: Layout;
  /** What the score reads behind the last block: the first token, or the picture's tokens alike. */
  readonly reads: 'class' | 'picture';
}

/** Operators that keep their attention weights to themselves. */
const closed: ReadonlySet<string> = new Set(['Attention', 'MultiHeadAttention', 'GroupQueryAttention', 'PackedAttention', 'QAttention']);

/**
 * The attention weights of a vision transformer: each Softmax that says of every token of the picture how much it takes of every other.
 *
 * @throws GradcamError `unsupported-model` where there are none, where an operator hides them, or where tokens attend to a part of the picture alone
 */
export function findAttention({ graph, scores }: Model, { traced, layers }: Survey): Attention {
  const found = graph.nodes.flatMap((node) => {
    const axes = node.opType === 'Softmax' && overLast(node, graph.opset) ? traced.get(node.outputs[0] ?? '') : undefined;
    return axes !== undefined && axes.length >= 3 && axes.slice(-2).every(isSpatial) ? [{ node, axes }] : [];
  });
  const refuse = (why: string) =>
    new GradcamError('unsupported-model', `the method needs the attention weights of a vision transformer, but ${why}`);
  const hidden = graph.nodes.find(({ opType }) => closed.has(opType));
  if (hidden !== undefined)
    throw refuse(
      `operator ${hidden.opType} (node '${hidden.name}') does not give them out; export the model with attention as matrix products and Softmax (PyTorch: attn_implementation="eager", or timm's fused_attn off), in an operator set before 23`,
    );
  const last = found.at(-1);
  if (last === undefined) throw refuse('the model has none: no Softmax between tokens of the picture');
  const layout = rowLayout(last.axes);
  if (layout === undefined || found.some(({ axes }) => rowLayout(axes) === undefined))
    throw refuse(
      'its tokens attend to a part of the picture alone (windows, or places of patches), so that no row of them holds all of it',
    );
  const other = found.find(({ axes }) => layoutOfRow(axes) !== layoutOfRow(last.axes));
  if (other !== undefined)
    throw refuse(`its blocks have different tokens: '${other.node.outputs[0]}' other ones than '${last.node.outputs[0]}'`);
  const behind = layers.some(({ name }) => name !== scores.logits && (graph.producer(name)?.index ?? -1) > last.node.index);
  return {
    weights: found.map(({ node }) => node.outputs[0] ?? ''),
    folded: found.map(({ axes }) => foldedHeads(axes)),
    layout,
    reads: behind ? 'picture' : 'class',
  };
}

function overLast(node: Node, opset: number): boolean {
  const axis = new Attributes(node).int('axis', opset < 13 ? 1 : -1);
  return axis === -1 || axis >= 2;
}

/** The layout of a row of attention weights; undefined where it holds no whole picture. */
function rowLayout(axes: Axes): Layout | undefined {
  const [images, keys] = [axes[0]?.parts[0], axes.at(-1)];
  if (images === undefined || keys === undefined || axes.slice(0, -2).some(isSpatial)) return undefined;
  return layoutOf([plain([images]), whole('channels', 1), keys]);
}

function layoutOfRow(axes: Axes): string {
  const layout = rowLayout(axes);
  return layout === undefined ? '' : `${layoutText(layout)} ${layout.grid.join()}`;
}

/** The heads behind the images of axis 0, where there is no axis for them. */
function foldedHeads(axes: Axes): Dimension | undefined {
  if (axes.length !== 3) return undefined;
  return axes[0]?.parts.slice(1).reduce((product, { size }) => product * Number(size), 1);
}
