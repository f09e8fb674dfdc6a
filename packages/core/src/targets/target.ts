import type { GraphBuilder, Value } from 'onnx-grad';

/** What a target may use. R rows: one a class or one an image. */
export interface TargetContext {
  readonly b: GraphBuilder;
  /** What the model says, before a final Softmax or Sigmoid: [R, classes]. */
  readonly logits: Value;
  /** Index of the class of each row, int64 [R]. */
  readonly classes: Value;
}

/** What an explanation explains: the scalar y of each row. */
export interface Target {
  /** Name in the API and the command. */
  readonly name: string;
  /** One line: what y is. */
  readonly summary: string;
  /** y, [R], of operators that have a derivative. */
  readonly score: (context: TargetContext) => Value;
}
