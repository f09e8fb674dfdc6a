import { GraphBuilder } from '../../build/builder.js';
import { skeleton } from '../../bytes/probe.js';
import { readModel } from '../../bytes/read.js';
import { gradient } from '../../differentiate/gradient.js';
import { findPath } from '../../differentiate/path.js';
import { keepsRows } from '../../differentiate/rows.js';
import { OnnxGradError } from '../../errors.js';
import { Facts } from '../../graph/facts.js';
import type { Graph } from '../../graph/graph.js';
import type { Dimension } from '../../graph/types.js';
import { inline } from '../../inline/inline.js';
import type { Dice } from './mutate.js';

/** Dimensions that a hostile file may declare. */
const SIZES: readonly Dimension[] = [1, 1, 2, 3, 4, 5, 8, 'n', 'm', '', 0, -1, 65_537, 2 ** 31, 2 ** 53];

/** Values of which hostile facts are told: some, so that large graphs stay quick. */
const MAX_TOLD = 100;

/**
 * Everything that is done with the bytes of a model: read, functions put in place, shapes asked for, differentiated from the last output
 * to the first value, written, and read again.
 *
 * @returns `ok`, or the code of the error. Anything else that is thrown is a finding.
 */
export function attempt(bytes: Uint8Array, dice: Dice): string {
  try {
    const graph = inline(readModel(bytes));
    const facts = new Facts(graph);
    if (dice.chance(0.5)) tell(facts, dice);
    const values = graph.nodes.flatMap(({ outputs }) => outputs.slice(0, 1));
    readModel(skeleton(graph, values.slice(0, MAX_TOLD)));
    const [first, last] = [graph.inputs[0]?.name ?? values[0] ?? '', lastValue(graph)];
    const b = new GraphBuilder(graph, facts);
    b.output('dx', gradient(b, new Map([[last, last]]), [first]).get(first) ?? '');
    keepsRows(findPath(graph, facts, [first], [last]), facts, facts.of(first).dims?.[0] ?? '');
    for (const edited of [b.append(), b.splice()]) inline(readModel(edited)).require('dx');
    return 'ok';
  } catch (error) {
    if (error instanceof OnnxGradError) return error.code;
    throw error;
  }
}

function lastValue({ outputs, nodes }: Graph): string {
  return outputs.at(-1)?.name ?? nodes.at(-1)?.outputs[0] ?? '';
}

function tell(facts: Facts, dice: Dice): void {
  for (const { outputs } of facts.graph.nodes.slice(-MAX_TOLD))
    for (const output of outputs)
      if (dice.chance(0.8)) facts.learn(output, { type: 'float32', dims: Array.from({ length: dice.below(6) }, () => dice.of(SIZES)) });
}
