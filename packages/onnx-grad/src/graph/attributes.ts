import { OnnxGradError } from '../errors.js';
import { describe } from './graph.js';
import type { Attribute, Node } from './types.js';

/** Reads a node's attributes with their defaults; a rule's own parser builds its typed attributes from these. */
export class Attributes {
  constructor(readonly node: Node) {}

  get(name: string): Attribute | undefined {
    return this.node.attributes.get(name);
  }

  has(name: string): boolean {
    return this.node.attributes.has(name);
  }

  int(name: string, missing: number): number {
    const attribute = this.get(name);
    return attribute === undefined ? missing : (attribute.i ?? 0);
  }

  float(name: string, missing: number): number {
    const attribute = this.get(name);
    return attribute === undefined ? missing : (attribute.f ?? 0);
  }

  string(name: string, missing: string): string {
    const attribute = this.get(name);
    return attribute === undefined ? missing : (attribute.s ?? '');
  }

  ints(name: string): readonly number[] | undefined {
    return this.get(name)?.ints;
  }

  /** An attribute that must be one of some words. */
  choice<T extends string>(name: string, missing: T, allowed: readonly T[]): T {
    const text = this.string(name, missing);
    const found = allowed.find((word) => word === text);
    if (found === undefined) throw this.refuse(name, `'${text}'`, `one of ${allowed.join(', ')}`);
    return found;
  }

  /** The error for an attribute with which a rule cannot do. */
  refuse(name: string, value: string, expected: string): OnnxGradError {
    return new OnnxGradError('unsupported-attribute', `${describe(this.node)}: expected ${name} to be ${expected}, but it is ${value}`);
  }
}
