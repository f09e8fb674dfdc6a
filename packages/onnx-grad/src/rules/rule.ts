import type { GraphBuilder, Value } from '../build/builder.js';
import type { Cotangent } from '../build/cotangent.js';
import type { Entry } from '../build/entry.js';
import type { Stretch } from '../build/stretch.js';
import { OnnxGradError } from '../errors.js';
import { Attributes } from '../graph/attributes.js';
import type { Facts } from '../graph/facts.js';
import { describe } from '../graph/graph.js';
import type { Dimension, Node } from '../graph/types.js';

/** The node that a rule differentiates, with what the rule may ask of it. `A`: the rule's own parsed attributes. */
export class RuleContext<A> {
  constructor(
    readonly node: Node,
    readonly attributes: A,
    readonly facts: Facts,
    /** The model's operator set. */
    readonly opset: number,
    /** Inputs on the path: those whose cotangent is wanted. */
    readonly wanted: ReadonlySet<number>,
  ) {}

  /** The first input. */
  get x(): Value {
    return this.input(0);
  }

  /** The first output. */
  get y(): Value {
    return this.node.outputs[0] ?? '';
  }

  /** Input `index`. @throws OnnxGradError `invalid-model` where the node lacks it */
  input(index: number): Value {
    const name = this.optional(index);
    if (name === undefined) throw new OnnxGradError('invalid-model', `${describe(this.node)} lacks its input ${index}`);
    return name;
  }

  /** Input `index`, or undefined where it is left out. */
  optional(index: number): Value | undefined {
    return this.node.inputs[index] || undefined;
  }

  dims(value: Value): readonly Dimension[] {
    return this.facts.dims(value);
  }

  rank(value: Value): number {
    return this.facts.rank(value);
  }

  /** An axis counted from the front: negative ones count from the back of `value`. @throws OnnxGradError where `value` has no such axis */
  axis(axis: number, value: Value = this.x): number {
    const rank = this.rank(value);
    // The number of axes itself is a place for a new one, and a way to say "behind all".
    if (axis < -rank - 1 || axis > rank) throw this.refuse(`an axis of '${value}'`, String(axis), `from ${-rank} to ${rank - 1}`);
    return axis < 0 ? axis + rank : axis;
  }

  /** The integers of a constant input; undefined where it is left out. @throws OnnxGradError where it is computed at run time */
  constantInts(index: number): readonly number[] | undefined {
    const name = this.optional(index);
    if (name === undefined) return undefined;
    const constant = this.facts.graph.constant(name);
    if (constant !== undefined) return constant.data;
    throw this.refuse(`input ${index} ('${name}')`, 'computed at run time', 'a constant');
  }

  /** The error for a node with which a rule cannot do. */
  refuse(what: string, received: string, expected: string): OnnxGradError {
    return new OnnxGradError(
      'unsupported-attribute',
      `${describe(this.node)} cannot be differentiated: expected ${what} to be ${expected}, but it is ${received}`,
    );
  }
}

/** A context while the rule runs: with the builder, and the cotangents that arrive at the outputs. */
export class VjpContext<A> extends RuleContext<A> {
  constructor(
    context: RuleContext<A>,
    /** Where the cotangents' nodes are written. */
    readonly b: GraphBuilder,
    /** Cotangent of each output; undefined where the score does not depend on it. */
    readonly cotangents: readonly (Value | undefined)[],
  ) {
    super(context.node, context.attributes, context.facts, context.opset, context.wanted);
  }

  /** Cotangent of the first output. */
  get g(): Value {
    const [first] = this.cotangents;
    if (first === undefined)
      throw this.refuse('a gradient of its first output', 'asked for the gradient of another one', 'the only one used');
    return first;
  }
}

/** The cotangent of one input, from the cotangents of the outputs. */
export type Vjp<A> = (context: VjpContext<A>, input: number) => Value;

/** The axis of each input; undefined for one that has none of its own there, and is met as a whole. */
export type InputAxes = readonly (number | undefined)[];

/** One row of the table: how cotangents pass one operator, from its outputs to its inputs. */
export interface RuleDefinition<A> {
  /** Domain of the operator; default: the standard one, ''. */
  readonly domain?: string;
  /** First version of the standard operator set with this meaning; default 1. */
  readonly since?: number;
  /** Last operator set version with this meaning; default: the newest. */
  readonly until?: number;
  /** Parses the attributes that the rule reads, with their defaults; refuses what the rule cannot do. */
  readonly attributes?: (attributes: Attributes) => A;
  /** Inputs that a gradient can flow to; default: all. The others are shapes, axes, indices: through them none flows. */
  readonly inputs?: readonly number[];
  /** Those inputs of which the outputs are steps under a node's attributes, so that none flows through them either: positions that are rounded. */
  readonly steps?: (attributes: A) => readonly number[];
  /** Outputs that a gradient can flow from; default: all. The others count as constants. */
  readonly outputs?: readonly number[];
  /** Whether the operator quantises, or works on quantised tensors by their scales: then it is asked with its integers as they are (see `reals.ts`). */
  readonly quantized?: boolean;
  /** Inputs broadcast to the output's shape: the cotangents, in the output's shape, are then summed back to each input's. */
  readonly broadcasts?: boolean;
  /**
   * Whether rows of a batch stay apart: row i of each output depends on row i of the inputs alone, and the rule's nodes
   * hold for cotangents with another number of rows. Several classes then share one forward pass. Default: not proved.
   */
  readonly rows?: (context: RuleContext<A>) => boolean;
  /** One function for all inputs, or one each; for an input that has none, a wanted gradient is refused. */
  readonly vjp: Vjp<A> | readonly Vjp<A>[];
  /**
   * How a cotangent that is one entry of axis 1 passes to the only wanted input: as an entry again, or dense. Undefined where this node
   * cannot; the entry is then made dense and `vjp` takes it. Only operators between a classifier's weights and its scores have one.
   */
  readonly entry?: (context: VjpContext<A>, entry: Entry, input: number) => Cotangent | undefined;
  /**
   * For an operator that treats the positions of an axis of its output apart: the axis of each input along which the same positions lie, so that the rule,
   * asked of some of them, gives the cotangents of these. Undefined where positions meet. Default: where inputs are broadcast, position by position.
   */
  readonly along?: (context: RuleContext<A>, axis: number) => InputAxes | undefined;
  /** The cotangent of the only wanted input, where the operator takes a short stretch of it; undefined where it does not. */
  readonly stretch?: (context: VjpContext<A>) => Stretch | undefined;
  /** The nodes that stand for this one, which are differentiated in its place: see `composite`. `used`: the outputs that the score depends on. */
  readonly expand?: (context: RuleContext<A>, b: GraphBuilder, used: ReadonlySet<number>) => readonly Node[];
}

/** A row of the table, its attributes' type closed over. */
export interface Rule {
  readonly domain: string;
  readonly operator: string;
  readonly since: number;
  readonly until: number;
  /** Inputs whose cotangents the rule gives. */
  readonly inputs: readonly number[] | 'all';
  /** Whether rows of a batch stay apart: in every node, in those whose attributes and shapes allow it, or not proved. */
  readonly apart: 'always' | 'depends' | 'never';
  /** Whether a gradient can flow to this input: of a node, or (without one) of any. */
  differentiable(input: number, node?: Node): boolean;
  /** Whether a gradient can flow from this output. */
  carries(output: number): boolean;
  readonly quantized: boolean;
  /** Whether cotangents must be summed back to the inputs' shapes. */
  readonly broadcasts: boolean;
  rows(node: Node, facts: Facts, opset: number, wanted: ReadonlySet<number>): boolean;
  /** Cotangents of the wanted inputs, by input index. */
  vjp(node: Node, b: GraphBuilder, wanted: ReadonlySet<number>, cotangents: readonly (Value | undefined)[]): Map<number, Value>;
  /** Cotangent of the only wanted input from an entry; undefined where the entry must be made dense. */
  entry(node: Node, b: GraphBuilder, wanted: ReadonlySet<number>, entry: Entry): Cotangent | undefined;
  /** Whether each position of the output is made of the same positions of the inputs, broadcast. */
  readonly pointwise: boolean;
  /** The axis of each input along which the positions of an axis of the output lie; undefined where they meet. */
  along(node: Node, facts: Facts, opset: number, wanted: ReadonlySet<number>, axis: number): InputAxes | undefined;
  /** Cotangent of the only wanted input, of which the node takes a short stretch; undefined where it does not. */
  stretch(node: Node, b: GraphBuilder, wanted: ReadonlySet<number>, cotangent: Value): Stretch | undefined;
  /** The nodes that are differentiated in place of this one; undefined for an operator with a rule of its own. */
  expand(node: Node, b: GraphBuilder, used: ReadonlySet<number>): readonly Node[] | undefined;
}

/** Makes a row of the table. */
export function rule<A = undefined>(operator: string, definition: RuleDefinition<A>): Rule {
  const { domain = '', since = 1, until = Number.POSITIVE_INFINITY, inputs, outputs } = definition;
  const { quantized = false, broadcasts = false, rows = never, along = broadcasts ? broadcastAxes : nowhere } = definition;
  const parsed = (node: Node) => definition.attributes?.(new Attributes(node)) as A;
  const context = (node: Node, facts: Facts, opset: number, wanted: ReadonlySet<number>) =>
    new RuleContext(node, parsed(node), facts, opset, wanted);
  return {
    domain,
    operator,
    since,
    until,
    broadcasts,
    inputs: inputs ?? (typeof definition.vjp === 'function' ? 'all' : [...definition.vjp.keys()]),
    apart: rows === always ? 'always' : rows === never ? 'never' : 'depends',
    differentiable: (input, node) =>
      (inputs?.includes(input) ?? true) && !(node !== undefined && definition.steps?.(parsed(node)).includes(input)),
    carries: (output) => outputs?.includes(output) ?? true,
    quantized,
    rows: (node, facts, opset, wanted) => rows(context(node, facts, opset, wanted)),
    vjp: (node, b, wanted, cotangents) => {
      const full = new VjpContext(context(node, b.facts, b.opset, wanted), b, cotangents);
      const result = new Map<number, Value>();
      for (const input of wanted) {
        const vjp = typeof definition.vjp === 'function' ? definition.vjp : definition.vjp[input];
        if (vjp === undefined)
          throw full.refuse(
            `input ${input} ('${full.input(input)}')`,
            'computed from what is differentiated',
            'constant, or independent of it',
          );
        result.set(input, vjp(full, input));
      }
      return result;
    },
    entry: (node, b, wanted, entry) => {
      const [input, ...others] = wanted;
      if (input === undefined || others.length > 0) return undefined;
      return definition.entry?.(new VjpContext(context(node, b.facts, b.opset, wanted), b, []), entry, input);
    },
    pointwise: along === broadcastAxes,
    along: (node, facts, opset, wanted, axis) => along(context(node, facts, opset, wanted), axis),
    stretch: (node, b, wanted, cotangent) =>
      wanted.size === 1 ? definition.stretch?.(new VjpContext(context(node, b.facts, b.opset, wanted), b, [cotangent])) : undefined,
    expand: (node, b, used) => definition.expand?.(context(node, b.facts, b.opset, new Set()), b, used),
  };
}

/** `rows` of operators that treat every element, or every row, alike. */
export const always = (): boolean => true;

const never = (): boolean => false;

const nowhere = (): undefined => undefined;

/** `along` of operators that treat each element alike: inputs are broadcast to the output. */
export function broadcastAxes(c: RuleContext<unknown>, axis: number): InputAxes | undefined {
  const whole = c.dims(c.y);
  const found = c.node.inputs.map((input) => {
    const dims = input === '' ? [] : c.dims(input);
    const own = axis - (whole.length - dims.length);
    return own < 0 || dims[own] === 1 ? { axis: undefined, fits: true } : { axis: own, fits: dims[own] === whole[axis] };
  });
  return found.every(({ fits }) => fits) ? found.map(({ axis }) => axis) : undefined;
}

/** An operator on each element of one tensor. */
export function elementwise<A = undefined>(operator: string, definition: Omit<RuleDefinition<A>, 'rows'>): Rule {
  return rule(operator, { along: broadcastAxes, ...definition, rows: always });
}
