import type { GraphBuilder, Value } from 'onnx-grad';

/** What a method may use: activations and their gradient, channels first. R rows: one a class or one an image. */
export interface MethodContext {
  readonly b: GraphBuilder;
  /** A: the layer's activations, [batch, C, h, w]. */
  readonly activations: Value;
  /** G = dy/dA, [R, C, h, w]. */
  readonly gradients: Value;
  /** Σₖ wₖ Aₖ for weights [R, C, 1, 1]: a map [R, h, w]. */
  readonly weightedSum: (weights: Value) => Value;
}

/** A method that one pass answers: appends nodes for the map L. */
export interface Method {
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
  /** What it explains: a layer of the network, or the pixels of its input. */
  readonly of: 'layer' | 'input';
  /** L, signed, at the resolution of what is explained: [R, h, w]. */
  readonly map: (context: MethodContext) => Value;
}
