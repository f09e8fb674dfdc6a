import { GradcamError } from '../errors.js';
import { MAX_INPUT_SIDE } from './limits.js';

/** The fields of a JSON object that anyone may have written. `origin` names it in messages. */
export interface Fields {
  readonly origin: string;
  readonly values: ReadonlyMap<string, unknown>;
}

export type Size = readonly [height: number, width: number];

/** @throws GradcamError `invalid-preprocess` where the JSON is not an object */
export function fieldsOf(json: unknown, origin: string): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw unexpected(origin, 'a JSON object', json);
  // A Map has no prototype: `constructor` is a key like any other.
  return { origin, values: new Map(Object.entries(json)) };
}

/** What a value is, in a few words and on one line, whatever it holds. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return describeArray(value);
  if (value === undefined) return 'nothing';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** A short list of plain values in full; of anything else the length. */
function describeArray(values: readonly unknown[]): string {
  if (values.length > 4 || values.some((value) => typeof value === 'object')) return `an array of ${values.length}`;
  return `[${values.map(describe).join(', ')}]`;
}

export function unexpected(where: string, expected: string, got: unknown): GradcamError {
  return new GradcamError('invalid-preprocess', `${where}: expected ${expected}, got ${describe(got)}`);
}

/** An error about one field. */
export function wrong({ origin, values }: Fields, key: string, expected: string): GradcamError {
  return unexpected(origin, `"${key}" to be ${expected}`, values.get(key));
}

/** A field's value; the default only where the field is absent, so that a `null` is an error like any other wrong value. */
function given(fields: Fields, key: string, fallback: unknown): unknown {
  return fields.values.has(key) ? fields.values.get(key) : fallback;
}

/** A finite number that passes `accept`; the default where the field is absent. */
export function numberField(fields: Fields, key: string, fallback: number, expected: string, accept: (value: number) => boolean): number {
  const value = given(fields, key, fallback);
  if (typeof value === 'number' && Number.isFinite(value) && accept(value)) return value;
  throw wrong(fields, key, expected);
}

/** One of a few words; the default where the field is absent. */
export function wordField<T extends string>(fields: Fields, key: string, fallback: T, words: readonly T[]): T {
  const value = given(fields, key, fallback);
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  throw wrong(fields, key, words.map((candidate) => `"${candidate}"`).join(' or '));
}

/** `true` or `false`; the default where the field is absent. */
export function flagField(fields: Fields, key: string, fallback: boolean): boolean {
  const value = given(fields, key, fallback);
  if (typeof value === 'boolean') return value;
  throw wrong(fields, key, 'true or false');
}

/** One number a channel: an array of 1 or 3, or one number for all three; the default where the field is absent. */
export function channelField(
  fields: Fields,
  key: string,
  fallback: number,
  accept: (value: number) => boolean,
  what: string,
): readonly number[] {
  const value = given(fields, key, fallback);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value, value, value];
  const good = (entry: unknown): entry is number => typeof entry === 'number' && Number.isFinite(entry) && accept(entry);
  if ((list.length === 1 || list.length === 3) && list.every(good)) return [...list];
  throw wrong(fields, key, `${what}, one or an array of 1 or 3`);
}

/** Whether a value can be a side of a network's input. */
export function isSide(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_INPUT_SIDE;
}

/** What {@link isSide} accepts, in words. */
export const SIDE = `a whole number from 1 to ${MAX_INPUT_SIDE}`;
