import type { GraphBuilder, Value } from 'onnx-grad';

/** 1 at the class of each row, 0 elsewhere: [R, count]. */
export function indicator(b: GraphBuilder, classes: Value, count: number, like: Value): Value {
  const all = b.ints(Array.from({ length: count }, (_, index) => index));
  return b.cast(b.equal(b.unsqueeze(classes, [1]), all), b.typeOf(like));
}
