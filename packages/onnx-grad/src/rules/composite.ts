import { attributesOf, type GraphBuilder, type Value } from '../build/builder.js';
import type { NewAttribute } from '../bytes/write.js';
import type { Attribute, Dimension, ElementType, Node } from '../graph/types.js';
import { type Rule, RuleContext, type RuleDefinition, rule } from './rule.js';

/** The node that an expansion replaces, and what writes the nodes that it stands for. */
export class Expansion<A> extends RuleContext<A> {
  /** The nodes written so far that carry gradients. */
  readonly parts: Node[] = [];

  constructor(
    context: RuleContext<A>,
    /** Writes what carries no gradient: masks, positions, shapes. */
    readonly b: GraphBuilder,
  ) {
    super(context.node, context.attributes, context.facts, context.opset, context.wanted);
  }

  /** Writes a node through which gradients flow. @param dims the shape of its output; default: that of the first input @param type its element type; default: likewise */
  emit(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, NewAttribute | undefined>> = {},
    dims: readonly Dimension[] = this.dims(inputs[0] ?? ''),
    type: ElementType = this.b.typeOf(inputs[0] ?? ''),
  ): Value {
    const [output = ''] = this.emitAll(opType, inputs, attributes, [dims], type);
    return output;
  }

  /** The same for several outputs, whose shapes are given. */
  emitAll(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, NewAttribute | undefined>>,
    shapes: readonly (readonly Dimension[])[],
    type: ElementType = this.b.typeOf(inputs[0] ?? ''),
  ): Value[] {
    const outputs = this.b.nodes(opType, inputs, shapes.length, attributes, [type]);
    for (const [index, output] of outputs.entries()) this.facts.state(output, { type, dims: shapes[index] });
    const { index, name } = this.node;
    this.parts.push({ index, name, opType, domain: '', inputs, outputs, attributes: stored(attributes) });
    return outputs;
  }

  /** The node's own attributes but some: those of the operator that it extends. */
  kept(without: readonly string[]): Record<string, NewAttribute | undefined> {
    return Object.fromEntries(Object.entries(attributesOf(this.node)).filter(([name]) => !without.includes(name)));
  }

  add(a: Value, b: Value, dims?: readonly Dimension[]): Value {
    return this.emit('Add', [a, b], {}, dims);
  }

  mul(a: Value, b: Value, dims?: readonly Dimension[]): Value {
    return this.emit('Mul', [a, b], {}, dims);
  }

  /** a where the condition holds, else b, in the shape of a. */
  where(condition: Value, a: Value, b: Value): Value {
    return this.emit('Where', [condition, a, b], {}, this.dims(a), this.b.typeOf(a));
  }

  /** x · factor, the factor in x's own element type. */
  scale(x: Value, factor: number): Value {
    return factor === 1 ? x : this.mul(x, this.b.scalar(factor, x));
  }
}

/** A row of the table that says which other operators this one stands for. */
export interface CompositeDefinition<A> extends Pick<RuleDefinition<A>, 'domain' | 'since' | 'until' | 'attributes' | 'inputs' | 'rows'> {
  /** Writes those operators. @returns the outputs in order; undefined for one whose gradient is refused */
  readonly expand: (e: Expansion<A>) => readonly (Value | undefined)[];
}

/**
 * An operator that stands for several others, whose own rows differentiate it. What it computes inside is computed again only where a
 * derivative reads it: an operator's outputs are taken from the node itself, and nodes that nobody reads are not written.
 */
export function composite<A = undefined>(operator: string, { expand, ...definition }: CompositeDefinition<A>): Rule {
  const parts = (context: RuleContext<A>, b: GraphBuilder, used: ReadonlySet<number>): readonly Node[] => {
    const e = new Expansion(context, b);
    const names = new Map<Value, Value>();
    expand(e).forEach((value, index) => {
      const output = context.node.outputs[index];
      if (!output || !used.has(index)) return;
      if (value === undefined)
        throw context.refuse(`output ${index} ('${output}')`, 'on the way to the score', 'beside the way to the score');
      // An output that is an input as it stands, or another output, needs a node of its own.
      const made = e.parts.some(({ outputs }) => outputs.includes(value)) && !names.has(value);
      names.set(made ? value : e.emit('Identity', [value]), output);
    });
    const named = (value: Value) => names.get(value) ?? value;
    return e.parts.map((part) => ({ ...part, inputs: part.inputs.map(named), outputs: part.outputs.map(named) }));
  };
  return { ...rule<A>(operator, { ...definition, vjp: [], expand: parts }), inputs: definition.inputs ?? 'all' };
}

/** Attributes in the form in which a file's are read. */
function stored(attributes: Readonly<Record<string, NewAttribute | undefined>>): ReadonlyMap<string, Attribute> {
  return new Map(Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, { name, ...parsed(value) }]])));
}

function parsed(value: NewAttribute): Omit<Attribute, 'name'> {
  if (typeof value === 'number') return { i: value };
  if (typeof value === 'string') return { s: value };
  if ('float' in value) return { f: value.float };
  if ('floats' in value) return { floats: value.floats };
  if ('tensor' in value) return {};
  return { ints: value };
}
