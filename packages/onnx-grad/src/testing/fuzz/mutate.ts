import { concat, field } from '../../bytes/append.js';
import { AttributeField, GraphField, NodeField } from '../../bytes/fields.js';
import { text } from '../bytes.js';
import { type Field, fieldsOf, tag, varint } from './message.js';

/** Random choices, the same for the same seed. */
export class Dice {
  constructor(private readonly next: () => number) {}

  /** An integer from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new RangeError('nothing to choose from');
    return chosen;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}

type Mutation = (bytes: Uint8Array, dice: Dice, other: Uint8Array) => Uint8Array;

const cut = (bytes: Uint8Array, from: number, to: number, between: Uint8Array = new Uint8Array()) =>
  concat([bytes.subarray(0, from), between, bytes.subarray(to)]);

/** Mutations that know nothing of the format. */
const blind: readonly Mutation[] = [
  (bytes, dice) => {
    const flipped = bytes.slice();
    for (let count = 1 + dice.below(8); count > 0; count--) {
      const at = dice.below(flipped.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << dice.below(8));
    }
    return flipped;
  },
  (bytes, dice) => cut(bytes, ...place(bytes, 0, dice), dice.bytes(1 + dice.below(16))),
  (bytes, dice) => cut(bytes, ...place(bytes, 1 + dice.below(64), dice)),
  (bytes, dice) => bytes.slice(0, dice.below(bytes.length)),
  (bytes, dice) => cut(bytes, ...place(bytes, 4, dice), new Uint8Array(4).fill(dice.of([0, 127, 128, 255]))),
  (bytes, dice, other) => concat([bytes.subarray(0, dice.below(bytes.length)), other.subarray(dice.below(other.length))]),
  (bytes, _, other) => concat([bytes, other]),
];

function place(bytes: Uint8Array, length: number, dice: Dice): [from: number, to: number] {
  const from = dice.below(bytes.length);
  return [from, Math.min(from + length, bytes.length)];
}

/** Numbers at which arithmetic breaks. */
const NUMBERS = [
  ...[0n, 1n, -1n, 2n, 3n, 7n, 127n, 128n, 65_535n, 65_536n, 65_537n],
  ...[2n ** 20n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 31n), -(2n ** 63n)],
];

/** Names that mean something to somebody. */
const NAMES = [
  '',
  ' ',
  'x',
  'y',
  'x0',
  'y0',
  '__proto__',
  'constructor',
  'grad/',
  'If',
  'Loop',
  'a'.repeat(3000),
  '\n',
  '\u0000',
  'ai.onnx',
];

/** A mutation of one field of a message; `siblings` are all of its fields. */
type FieldMutation = (at: Field, dice: Dice, message: Uint8Array, siblings: readonly Field[]) => Uint8Array;

const EMPTY = new Uint8Array();

const anywhere: readonly FieldMutation[] = [
  () => EMPTY,
  (at, dice, message) => concat(new Array<Uint8Array>(dice.of([2, 2, 2, 3, 50])).fill(whole(at, message))),
  // Before or behind another field: nodes in another order.
  (at, dice, message, siblings) => concat([whole(dice.of(siblings), message), whole(at, message)]),
  // Another number of field.
  (at, dice) => field(1 + dice.below(26), at.content ?? dice.bytes(4)),
  // Another layout.
  (at, dice) => concat([tag(at.number, dice.below(8)), dice.bytes(9)]),
];

const ofNumbers: readonly FieldMutation[] = [
  (at, dice) => varint(at.number, dice.of(NUMBERS)),
  (at, dice) => concat(Array.from({ length: dice.of([2, 3, 5, 70]) }, () => varint(at.number, dice.of(NUMBERS)))),
  (at, dice) => field(at.number, concat(Array.from({ length: dice.of([1, 2, 4, 5]) }, () => varint(0, dice.of(NUMBERS)).subarray(1)))),
  // A varint of ten bytes and more.
  (at, dice) => concat([tag(at.number, 0), new Uint8Array(9 + dice.below(3)).fill(255), Uint8Array.of(dice.of([1, 127]))]),
];

const ofReals: readonly FieldMutation[] = [
  (at, dice) => concat([tag(at.number, 5), float(dice.of([0, Number.NaN, 1e38, -1, 0.5, Number.POSITIVE_INFINITY]))]),
];

/** Strings and bytes. */
const ofText: readonly FieldMutation[] = [
  (at, dice) => text(at.number, dice.of(NAMES)),
  // The text of another field: circles and doubles.
  (at, dice, _, siblings) => field(at.number, dice.of(siblings).content ?? EMPTY),
  // No UTF-8.
  (at, dice) => field(at.number, concat([at.content ?? EMPTY, Uint8Array.of(dice.of([0x80, 0xc3, 0xed, 0xff]), 0x28)])),
  // Numbers, packed.
  (at, dice) => field(at.number, concat(Array.from({ length: dice.of([1, 2, 4, 5, 70]) }, () => varint(0, dice.of(NUMBERS)).subarray(1)))),
  // The numbers of a tensor: whole words of 8 bytes.
  (at, dice) => field(at.number, words(Math.max(1, Math.floor((at.content?.length ?? 0) / 8)), dice)),
  lyingLength,
];

const ofMessages: readonly FieldMutation[] = [
  (at, dice, _, siblings) => field(at.number, dice.of(siblings.filter(({ kind }) => kind === at.kind)).content ?? EMPTY),
  (at, dice) => nested(at, dice.of([1, 3, 15, 16, 17, 40, 2000])),
  (at) => field(at.number, EMPTY),
  lyingLength,
];

function lyingLength(at: Field, dice: Dice): Uint8Array {
  const content = at.content ?? EMPTY;
  const length = dice.of([0, Math.max(content.length - 1, 0), content.length + 1, 2 ** 31, 2 ** 40]);
  return concat([tag(at.number, 2), varint(0, BigInt(length)).subarray(1), content]);
}

function words(count: number, dice: Dice): Uint8Array {
  return new Uint8Array(BigInt64Array.from({ length: count }, () => BigInt.asIntN(64, dice.of(NUMBERS))).buffer);
}

/** The mutations that suit a field; now and then any. */
function suiting({ content, kind }: Field, wire: number, dice: Dice): readonly FieldMutation[] {
  if (dice.chance(0.15)) return anywhere;
  if (kind !== undefined) return ofMessages;
  if (content !== undefined) return ofText;
  return wire === 0 ? ofNumbers : ofReals;
}

const whole = ({ start, end }: Field, message: Uint8Array) => message.subarray(start, end);

function float(value: number): Uint8Array {
  return new Uint8Array(Float32Array.of(value).buffer);
}

/** The content as the branch of an `If`, in the branch of an `If`, and so on. */
function nested({ number, content = new Uint8Array() }: Field, depth: number): Uint8Array {
  let graph = content;
  // Each level copies what is inside.
  const levels = content.length > 10_000 ? Math.min(depth, 17) : depth;
  for (let level = 0; level < levels; level++) {
    const branch = concat([text(AttributeField.name, 'then_branch'), field(AttributeField.g, graph)]);
    graph = field(
      GraphField.node,
      concat([
        text(NodeField.input, 'x'),
        text(NodeField.opType, 'If'),
        text(NodeField.output, `n${level}`),
        field(NodeField.attribute, branch),
      ]),
    );
  }
  return field(number, graph);
}

/** A mutation somewhere within a sound message; the lengths around it are put right. */
function deep(bytes: Uint8Array, dice: Dice, kind: string): Uint8Array {
  const fields = fieldsOf(bytes, kind);
  if (fields.length === 0) return bytes;
  const at = dice.of(fields);
  const changed =
    at.kind !== undefined && at.content !== undefined && dice.chance(0.85)
      ? field(at.number, deep(at.content, dice, at.kind))
      : dice.of(suiting(at, (bytes[at.start] ?? 0) & 7, dice))(at, dice, bytes, fields);
  return cut(bytes, at.start, at.end, changed);
}

/** A sound model, harmed: blindly, or at one to three places that are chosen with the format in mind. */
export function mutated(bytes: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  if (dice.chance(0.2)) return dice.of(blind)(bytes, dice, other);
  let harmed = bytes;
  try {
    for (let count = dice.of([1, 1, 2, 3]); count > 0; count--) harmed = deep(harmed, dice, 'model');
  } catch {
    // It is not sound any more.
  }
  return dice.chance(0.02) ? dice.of(blind)(harmed, dice, other) : harmed;
}
