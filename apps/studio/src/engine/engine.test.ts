import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { nodeRuntime, readImage } from '@gradcam/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { externalClassifier } from '../../../../packages/cli/src/testing/models.js';
import { Engine } from './engine.js';
import type { ModelFacts, Question } from './protocol.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const [AIRPLANE, TRUCK] = [0, 9];

let bytes: Uint8Array;
let engine: Engine;
let facts: ModelFacts;

beforeAll(async () => {
  bytes = await readFile(`${root}/packages/cli/model/everyday-int8.onnx`);
  engine = new Engine(nodeRuntime({ threads: 1 }), () => readImage(`${root}/models/everyday/examples/airplane-and-truck.svg`));
  facts = await engine.open({ name: 'everyday', model: bytes });
  await engine.show(1, new Blob());
});

const asked = (parts: Partial<Question> = {}): Question => ({
  model: facts.id,
  picture: 1,
  classes: [],
  layer: 'auto',
  method: 'gradcam',
  ...parts,
});

describe('the engine', () => {
  it('tells what a model is', () => {
    expect(facts).toMatchObject({ name: 'everyday', kind: 'classes', classes: 10, bytes: bytes.length, notes: [] });
    expect(facts.labels[TRUCK]).toBe('truck');
    expect(facts.preprocess.size).toEqual([32, 32]);
  });

  it('explains the most probable class', async () => {
    const { evidence, probabilities, question, picture } = await engine.explain(asked(), 1);
    expect(question).toEqual(asked());
    expect(picture).toEqual({ width: 512, height: 512 });
    expect(probabilities).toHaveLength(10);
    expect(evidence.map((one) => one.class)).toEqual([TRUCK]);
    // What the README of the model says of this picture.
    expect(evidence[0]?.probability).toBeCloseTo(0.725, 2);
    expect(evidence[0]).toMatchObject({
      against: undefined,
      found: true,
      map: { width: 8, height: 8 },
      heatmap: { width: 32, height: 32 },
    });
  });

  it('fills up with the most probable of the other classes', async () => {
    const beside = await engine.explain(asked({ fill: 2 }), 2);
    expect(beside.evidence.map((one) => one.class)).toEqual([TRUCK, AIRPLANE]);
    const named = await engine.explain(asked({ classes: [AIRPLANE], fill: 2 }), 3);
    expect(named.evidence.map((one) => one.class)).toEqual([AIRPLANE, TRUCK]);
  });

  it('explains one class against another: the score is the difference of theirs', async () => {
    const [truck, airplane] = (await engine.explain(asked({ fill: 2 }), 4)).evidence;
    const against = await engine.explain(asked({ against: 'next' }), 5);
    expect(against.evidence[0]).toMatchObject({ class: TRUCK, against: AIRPLANE });
    expect(against.evidence[0]?.score).toBeCloseTo((truck?.score ?? 0) - (airplane?.score ?? 0), 4);
  });

  it('lists layers and marks the one that auto means', async () => {
    const layers = await engine.layers(facts.id);
    const { evidence } = await engine.explain(asked(), 6);
    expect(layers.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(evidence[0]?.layers);
  });

  it('stops a slow method between two runs', async () => {
    const told: number[] = [];
    const question = asked({ method: 'rise' });
    const answer = engine.explain(question, 7, (done) => {
      told.push(done);
      engine.stop(7);
    });
    await expect(answer).rejects.toMatchObject({ code: 'aborted' });
    expect(told).toHaveLength(1);
  });

  it('exports the model with a heatmap as one output more', async () => {
    const own = await engine.exportModel(facts.id, { layer: 'auto', method: 'gradcam', class: AIRPLANE });
    expect(own.length).toBeGreaterThan(bytes.length);
  });

  it('answers for another picture or model not at all', async () => {
    await expect(engine.explain(asked({ picture: 2 }), 8)).rejects.toMatchObject({ code: 'aborted' });
    await expect(engine.explain(asked({ model: facts.id + 100 }), 9)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('takes labels and preprocessing for the open model, under a new id', async () => {
    const before = facts;
    const labels = before.labels.map((label) => `a ${label}`).join('\n');
    facts = await engine.describe(before.id, { labels, preprocess: 'unit' });
    expect(facts.id).not.toBe(before.id);
    expect(facts.labels[TRUCK]).toBe('a truck');
    expect(facts.preprocess).toMatchObject({ size: [32, 32], mean: [0, 0, 0] });
    await expect(engine.explain(asked({ model: before.id }), 10)).rejects.toMatchObject({ code: 'aborted' });
    // Labels stay where only the preprocessing goes back to the model's own.
    facts = await engine.describe(facts.id, { preprocess: undefined });
    expect(facts.labels[TRUCK]).toBe('a truck');
    expect(facts.preprocess).toEqual(before.preprocess);
    expect((await engine.explain(asked(), 11)).evidence[0]?.probability).toBeCloseTo(0.725, 2);
  });

  it.each([
    [{ labels: 'one\ntwo' }, 'invalid-labels', 'expected 10 labels'],
    [{ labels: '["a", 1]' }, 'invalid-labels', 'entry 1'],
    [{ labels: '{"label": 1}' }, 'invalid-labels', 'id2label'],
    [{ preprocess: '{"mean": 1' }, 'invalid-preprocess', 'not: SyntaxError'],
    [{ preprocess: '{"size": [64, 64]}' }, 'invalid-preprocess', 'fixed at 32 × 32'],
    [{ preprocess: '{"means": [1, 1, 1]}' }, 'invalid-preprocess', 'means'],
  ])('refuses %j', async (words, code, message) => {
    await expect(engine.describe(facts.id, words)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('reads labels of a Hugging Face config, and its preprocessing', async () => {
    const id2label = Object.fromEntries(facts.labels.map((_, index) => [index, `thing ${index}`]));
    facts = await engine.describe(facts.id, {
      labels: JSON.stringify({ id2label }),
      preprocess: JSON.stringify({
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.5, 0.5],
        do_normalize: true,
        size: 224,
        do_resize: true,
      }),
    });
    expect(facts.labels[3]).toBe('thing 3');
    expect(facts.preprocess).toMatchObject({ size: [32, 32], mean: [0.5, 0.5, 0.5] });
  });

  it('takes weights in files of their own, by the name of the file, and asks for those that are missing', async () => {
    const { model, weights } = externalClassifier('folder/weights.bin');
    const opening = engine.open({ name: 'net.onnx', model });
    await expect(opening).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining("weights in 'weights.bin'") });
    facts = await engine.open({ name: 'net.onnx', model, external: new Map([['weights.bin', weights]]) });
    expect((await engine.explain(asked(), 14)).evidence).toHaveLength(1);
  });

  it('opens the last of several models that are opened at once', async () => {
    const first = engine.open({ name: 'first', model: bytes });
    const last = engine.open({ name: 'last', model: bytes });
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    facts = await last;
    expect((await engine.explain(asked(), 13)).evidence).toHaveLength(1);
  });

  it('keeps the open model where another cannot be read', async () => {
    await expect(engine.open({ name: 'none', model: Uint8Array.of(1, 2, 3) })).rejects.toThrow();
    expect((await engine.explain(asked(), 12)).evidence).toHaveLength(1);
  });
});
