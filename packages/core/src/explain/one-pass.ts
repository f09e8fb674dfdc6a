import { describe } from 'onnx-grad';
import type { Plan } from '../graph/explanation.js';
import { notAffine } from '../layers/affine.js';
import type { Method } from '../methods/method.js';
import type { Model } from '../model/model.js';

/** Why y is not provably an affine function of each layer, so that what masks do to it is told by runs alone; undefined where it is. */
export function runsNeeded({ graph, scores }: Model, layers: Plan['layers'], target: Plan['target']): string | undefined {
  if (!target.affine) return `target '${target.name}' is no sum of class scores`;
  for (const { name } of layers) {
    const node = notAffine(graph, name, scores.logits);
    if (node !== undefined) return `behind layer '${name}' stands ${describe(node)}, which is not affine`;
  }
  return undefined;
}

/** A method of many runs as the graph itself answers it where y is an affine function of the layers; others as they are. */
export function inOnePass(method: Method): Method {
  if (method.kind !== 'runs' || method.affine === undefined) return method;
  const { run: _, affine: map, ...described } = method;
  return { ...described, kind: 'graph', gradient: true, map };
}
