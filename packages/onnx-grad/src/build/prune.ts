import type { Addition, NewNode } from '../bytes/write.js';
import type { Constant } from '../graph/types.js';

/** What a builder collected, with its named outputs still apart from the values that they show. */
export interface Draft extends Omit<Addition, 'outputs'> {
  readonly outputs: readonly (Addition['outputs'][number] & { readonly of: string })[];
}

/**
 * The addition without what no output needs. A new value that is shown as an output takes the output's name; an Identity is
 * left only where a value is shown twice, or is the model's own.
 */
export function prune({ nodes, initializers, inputs, outputs }: Draft): Addition {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const copies: NewNode[] = [];
  for (const { name, of } of outputs) {
    if (name === of) continue;
    if (made.has(of) && !renamed.has(of)) renamed.set(of, name);
    else copies.push({ opType: 'Identity', inputs: [of], outputs: [name] });
  }
  const needed = new Set([...outputs.map(({ of }) => of), ...copies.flatMap((copy) => copy.inputs)]);
  const kept: NewNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    kept.push(node);
  }
  const rename = (name: string) => renamed.get(name) ?? name;
  const constants = new Map<string, Constant>();
  for (const [name, constant] of initializers) if (needed.has(name)) constants.set(name, constant);
  return {
    nodes: [...kept.reverse(), ...copies].map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
    initializers: constants,
    inputs,
    outputs: outputs.map(({ name, type, dims }) => ({ name, type, dims })),
  };
}
