import type { GraphBuilder, Value } from '../build/builder.js';
import { type Cotangent, dense } from '../build/cotangent.js';
import { isStretch } from '../build/stretch.js';
import { unbroadcast } from '../build/unbroadcast.js';
import { OnnxGradError } from '../errors.js';
import type { Node } from '../graph/types.js';
import { OLDEST_OPSET } from '../limits.js';
import { expand } from './expand.js';
import { fuse } from './fuse.js';
import { findPath } from './path.js';
import { overReals } from './reals.js';
import { unwritten } from './unwritten.js';

/**
 * Another cotangent than the derivative's, by the node that it passes: guided backpropagation changes what a Relu passes on.
 *
 * @param node a node on the path, or what stands for it
 * @param cotangent of an input of the node, by its derivative
 * @param input which input
 * @returns the cotangent to pass on, of the same shape; `cotangent` itself for the derivative
 */
export type Rewrite = (b: GraphBuilder, node: Node, cotangent: Value, input: number) => Value;

/**
 * Reverse-mode differentiation: the vector-Jacobian product of the graph, written as nodes.
 *
 * @param b where the nodes are written; its facts must know type and shape of the values on the path
 * @param seeds values of the graph (the scores) with their cotangents, which have the values' shapes or are one entry of each row; axis 0 may
 * have more rows where the path keeps rows apart (see `keepsRows`)
 * @param wrt values of the graph whose gradients are wanted; each must lie before a seed
 * @param rewrite what to pass on in the place of derivatives, where it is not them
 * @returns for each value of `wrt` the name of d(Σ seeds · values) / d(value), of the value's shape and, where that is floating-point, type;
 * that of integers is float32 (see `reals.ts`)
 * @throws OnnxGradError `unsupported-model` before operator set 7; `unsupported-operator`, `unsupported-attribute`, `missing-fact`; `no-gradient` where no
 * differentiable path leads from a value of `wrt` to a seed
 */
export function gradient(
  b: GraphBuilder,
  seeds: ReadonlyMap<Value, Cotangent>,
  wrt: readonly Value[],
  rewrite?: Rewrite,
): Map<Value, Value> {
  const { graph, facts } = b;
  if (graph.opset < OLDEST_OPSET)
    throw new OnnxGradError(
      'unsupported-model',
      `expected operator set ${OLDEST_OPSET} or newer, but the model imports ${graph.opset}; convert it with onnx.version_converter, or export it again`,
    );
  for (const value of [...seeds.keys(), ...wrt]) graph.require(value);
  const path = findPath(graph, facts, wrt, [...seeds.keys()]);
  const steps = fuse(path.steps, graph, new Set([...seeds.keys(), ...wrt])).flatMap((step) => expand(step, b, path.values));
  const cotangents = new Map<Value, Cotangent>(seeds);
  const add = (value: Value, cotangent: Cotangent) => {
    const sum = cotangents.get(value);
    cotangents.set(value, sum === undefined ? cotangent : together(b, sum, cotangent, value));
  };
  for (const { node, rule, wanted } of steps.reverse()) {
    const real = overReals(b, node, rule, wanted);
    const arriving = node.outputs.map((output) => cotangents.get(output));
    if (arriving.every((cotangent) => cotangent === undefined)) continue;
    // Two nodes may stand for the same others (a value dequantised twice): each passes on what arrived from behind itself.
    for (const output of node.outputs) if (!graph.has(output)) cotangents.delete(output);
    const passed = rewrite === undefined ? unwritten(b, real, rule, wanted, arriving) : undefined;
    if (passed !== undefined) {
      for (const [index, cotangent] of passed) add(node.inputs[index] ?? '', cotangent);
      continue;
    }
    const whole = node.outputs.map((output, index) => arriving[index] && dense(b, arriving[index], output));
    for (const [index, cotangent] of rule.vjp(real, b, wanted, whole)) {
      const input = node.inputs[index] ?? '';
      const own = rule.broadcasts ? unbroadcast(b, cotangent, input, node.outputs[0] ?? '') : cotangent;
      add(input, rewrite === undefined ? own : rewrite(b, node, own, index));
    }
  }
  return new Map(
    wrt.map((value) => {
      const cotangent = cotangents.get(value);
      if (cotangent === undefined)
        throw new OnnxGradError(
          'no-gradient',
          `no differentiable path leads from '${value}' to '${[...seeds.keys()].join("', '")}'; choose a value that the score is computed from`,
        );
      return [value, dense(b, cotangent, value)];
    }),
  );
}

/** The sum of two cotangents of one value; stretches of one place stay one. */
function together(b: GraphBuilder, one: Cotangent, other: Cotangent, value: Value): Cotangent {
  const alike = isStretch(one) && isStretch(other) && one.axis === other.axis && one.from === other.from && one.size === other.size;
  return alike ? { ...one, value: plus(b, one.value, other.value) } : plus(b, dense(b, one, value), dense(b, other, value));
}

/** The sum of two dense ones. Where one was spread along axes of size 1, an addition spreads it, too. */
function plus(b: GraphBuilder, one: Value, other: Value): Value {
  const narrow = b.narrow(other);
  return narrow === other ? b.add(b.narrow(one), other) : b.add(one, narrow);
}
