import type { GraphBuilder, Rewrite, Value } from 'onnx-grad';
import type { Fusion } from '../explain/heatmap.js';
import type { AttentionContext } from '../graph/attention.js';
import type { Attention } from '../layers/attention.js';
import type { Layer, Survey } from '../layers/layers.js';
import type { Place } from '../layers/layout.js';
import type { Model } from '../model/model.js';
import type { Heatmap } from '../picture/image.js';
import type { Volume } from '../picture/volume.js';
import type { RunContext } from '../runs/context.js';
import type { Dimension } from '../runtime/runtime.js';
import type { Target } from '../targets/target.js';

/** What every method says of itself; lists and titles show it. */
interface Described {
  /** Name in the API and the command. */
  readonly name: string;
  /** How titles write it. */
  readonly title: string;
  /** Other spellings. */
  readonly aliases: readonly string[];
  /** One line: what it shows. */
  readonly summary: string;
  /** The paper that defines it. */
  readonly source: string;
  /** What it explains: a layer of the network, the pixels of its input, or all attention of a transformer. */
  readonly of: 'layer' | 'input' | 'attention';
  /** What it costs beside a prediction, in a few words: `one pass`, `a run for each channel, of the layers behind`. */
  readonly cost: string;
  /** `false`: it has no map of what speaks against a class, since it reads no gradient that could be negated, or only its size. */
  readonly counterfactual?: false;
  /** How the maps of several layers become one heatmap; default: as was asked for. */
  readonly fusion?: Fusion;
  /** `true`: the map is a score at each position, of which no value means nothing; the heatmap counts from the least one. */
  readonly fromLeast?: true;
  /** Says why the map of a class is undefined where its numbers are not finite though the score is, and what to do instead. */
  readonly undefinedFor?: (index: number) => string;
}

/** From what a method chooses what it explains. */
export interface Choice {
  readonly model: Model;
  /** The layers that were asked for; none where the method may choose. */
  readonly named: readonly Layer[];
  /** All layers, once everything is known that tells them. */
  readonly survey: () => Promise<Survey>;
}

/** What a method explains, and what else it reads. */
export interface Chosen {
  readonly places: readonly Place[];
  /** Values of the graph whose gradients `gradientOf` gives. */
  readonly reads?: readonly Value[];
  /** The attention of a transformer, for methods that read it. */
  readonly attention?: Attention;
}

/** What a method that is appended to the graph may use, channels first. R rows: one a class or one an image. */
export interface MethodContext {
  readonly b: GraphBuilder;
  /** A: the layer's activations, or the picture: [batch, C, h, w]. */
  readonly activations: Value;
  /** G = dy/dA, [R, C, h, w]. Its nodes are written when it is first read. */
  readonly gradients: Value;
  /** y of each row, [R]. */
  readonly score: Value;
  /** dy/d(value) of one of the values that `choose` says it reads, in the value's own layout. */
  readonly gradientOf: (value: Value) => Value;
  /** Those values. */
  readonly reads: readonly Value[];
  /** A map [R, h, w] with the positions of `like`, a value [batch, C, h, w] of the graph, at the size of the picture: linear interpolation. */
  readonly resized: (map: Value, like: Value) => Value;
  /** Number of channels of A; its symbol where it is open. */
  readonly channels: Dimension;
  /** Of everything random. */
  readonly seed: number;
  /** The attention that `choose` found. */
  readonly attention: AttentionContext;
  /** Σₖ wₖ Aₖ for weights [R, C, 1, 1]: a map [R, h, w]. */
  readonly weightedSum: (weights: Value) => Value;
  /** H·A, how G changes along A: [R, C, h, w]; zeros where the network is linear from the layer to the score. Only with `rows: 'apart'`. */
  readonly curvature: () => Promise<Value>;
}

/** What methods that are appended to the graph have in common. */
interface Appended extends Described {
  /** Whether G is read: what needs no gradient explains models that have none. */
  readonly gradient: boolean;
  /** The score y, where the method defines its own; default: the one that was asked for. */
  readonly target?: Target;
  /** Other derivatives than the true ones: guided backpropagation. */
  readonly rewrite?: Rewrite;
  /** `apart`: several classes do not share a run. */
  readonly rows?: 'apart';
  /**
   * What it explains where that is not the layers that were asked for, or `auto`.
   *
   * @throws GradcamError where the model has nothing of the kind
   */
  readonly choose?: (choice: Choice) => Chosen | Promise<Chosen>;
}

/** A method that the graph itself answers: one pass, and it can be exported. */
export interface GraphMethod extends Appended {
  readonly kind: 'graph';
  /** The signed map L, at the resolution of what is explained: [R, h, w]. */
  readonly map: (context: MethodContext) => Value | Promise<Value>;
  /**
   * Where the map is Σₖ Mₖ: M, [R, C, h, w]. Then `eigen` smoothing can take its first principal component instead.
   */
  readonly terms?: (context: MethodContext) => Value | Promise<Value>;
  /** The map is multiplied by the heatmap of this method: guided Grad-CAM. */
  readonly times?: GraphMethod;
}

/** A method that decomposes a tensor of the graph, which no operator does: one pass, and the rest is worked out here. */
export interface DecompositionMethod extends Appended {
  readonly kind: 'decomposition';
  /** M, [R, C, h, w] or [batch, C, h, w]. */
  readonly matrix: (context: MethodContext) => Value | Promise<Value>;
  /** The signed map L, of M of one row. @throws GradcamError where M has no such decomposition */
  readonly map: (matrix: Volume) => Heatmap;
}

/** A method that runs the network many times for each explanation. */
export interface RunMethod extends Described {
  readonly kind: 'runs';
  /** The signed map L: at the layer's resolution, or at that of the input. */
  readonly run: (context: RunContext) => Promise<Heatmap>;
  /** The same map as `map` of a GraphMethod gives it, for layers of which y is an affine function: y(A ⊙ m) = y − Σ (1 − m) ⊙ G ⊙ A. */
  readonly affine?: GraphMethod['map'];
}

export type Method = GraphMethod | DecompositionMethod | RunMethod;
