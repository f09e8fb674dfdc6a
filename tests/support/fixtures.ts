import { existsSync, readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Tensor } from '@gradcam/core';
import { describe, it } from 'vitest';
import { readSafetensors, shared } from './shared.js';

/** One export of an architecture with golden values from PyTorch 2.13 and pytorch-grad-cam; see ../shared/README.md. */
export interface Fixture {
  readonly name: string;
  readonly model: Uint8Array;
  readonly input: Tensor;
  readonly classes: readonly number[];
  readonly layers: readonly {
    readonly module: string;
    readonly value: string;
    readonly layout: string;
    readonly shape: readonly number[];
  }[];
  readonly golden: ReadonlyMap<string, Float32Array>;
}

interface FixtureJson {
  readonly input: { readonly shape: readonly number[]; readonly seed: number };
  readonly classes: readonly number[];
  readonly layers: Fixture['layers'];
}

interface Inflate {
  inflate(dir: string): { fixture: FixtureJson; model: Uint8Array };
  hashUniform(seed: number, count: number): Float32Array;
}

/** Names of the fixtures; none where ../shared is not there. */
export function fixtureNames(): string[] {
  const folder = `${shared}fixtures`;
  if (!existsSync(folder)) {
    console.warn('skipped: ../shared/fixtures is not there');
    return [];
  }
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** A suite for each fixture of some; where none is there, one skipped test says so. */
export function describeFixtures(names: readonly string[], title: string, suite: (name: string) => void): void {
  if (names.length === 0) it.skip(`${title.replace('%s', 'the fixtures')}: ../shared/fixtures is not there`, () => {});
  else describe.each(names)(title, suite);
}

export async function loadFixture(name: string): Promise<Fixture> {
  const dir = `${shared}fixtures/${name}`;
  const { inflate, hashUniform } = (await import(pathToFileURL(`${shared}fixtures/inflate.mjs`).href)) as Inflate;
  const { fixture, model } = inflate(dir);
  const { shape, seed } = fixture.input;
  const data = hashUniform(
    seed,
    shape.reduce((product, size) => product * size, 1),
  );
  return {
    name,
    model,
    input: { type: 'float32', dims: shape, data },
    classes: fixture.classes,
    layers: fixture.layers,
    golden: readSafetensors(`${dir}/golden.safetensors`),
  };
}

/** ‖a − b‖ / ‖b‖ */
export function relativeL2(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`expected ${expected.length} numbers, but got ${actual.length}`);
  let difference = 0;
  let size = 0;
  for (let index = 0; index < expected.length; index++) {
    const value = expected[index] ?? 0;
    difference += ((actual[index] ?? 0) - value) ** 2;
    size += value ** 2;
  }
  return Math.sqrt(difference / (size || 1));
}
