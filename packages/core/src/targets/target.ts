import type { GraphBuilder, Value } from 'onnx-grad';
import type { Scores } from '../model/score.js';

/** What a model says, in the form that targets read: R rows, one a class or one an image. */
export interface Said {
  readonly b: GraphBuilder;
  /**
   * What the model says, before a final Softmax or Sigmoid: [R, classes]; of pixels [R, classes, positions]; of boxes [R, boxes, numbers]; of an
   * embedding [R, features].
   */
  readonly logits: Value;
  /** What these numbers are. */
  readonly scores: Scores;
}

/** What a target may use. */
export interface TargetContext extends Said {
  /** Index of the class of each row, int64 [R]. */
  readonly classes: Value;
}

/** What the class of a row is chosen among. */
export interface Choices {
  readonly count: (scores: Scores) => number;
  /** How high the model ranks each: [rows, count]. Needs no derivative. */
  readonly ranking: (said: Said) => Value;
}

/** What an explanation explains: the scalar y of each row. */
export interface Target {
  /** Name in the API and the command. */
  readonly name: string;
  /** One line: what y is. */
  readonly summary: string;
  /** Kinds of outputs that it can be computed of; left out: whoever wrote it knows. */
  readonly explains?: readonly Scores['kind'][];
  /** What a row's class is, where it is none of the model's own classes. */
  readonly choices?: Choices;
  /** `true`: y is an affine function of the logits. */
  readonly affine?: true;
  /** y, [R], of operators that have a derivative. */
  readonly score: (context: TargetContext) => Value;
}
