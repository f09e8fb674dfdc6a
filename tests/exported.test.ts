import { exportExplained, openExplainer } from '@gradcam/core';
import { nodeRuntime } from '@gradcam/node';
import * as native from 'onnxruntime-node';
import * as wasm from 'onnxruntime-web';
import { expect, it } from 'vitest';
import { describeFixtures, fixtureNames, loadFixture, relativeL2 } from './support/fixtures.js';

/** The exported model in plain ONNX Runtime: only the runtime's own API is used on it. */
const names = fixtureNames().filter((name) => name === 'resnet18' || name === 'squeezenet1_1');
describeFixtures(names, 'exported %s', (name) => {
  it('explains itself in plain onnxruntime-node and onnxruntime-web as the explainer does', async () => {
    const fixture = await loadFixture(name);
    const runtime = await nodeRuntime();
    const explainer = await openExplainer(runtime, fixture.model, { session: { optimization: 'basic' } });
    const [result] = await explainer.explain(fixture.input);
    await explainer.close();
    const expected = result?.explanations[0]?.heatmap.data ?? new Float32Array();
    expect(Math.max(...expected)).toBeCloseTo(1, 6);

    const { bytes, heatmap } = await exportExplained(runtime, fixture.model);
    // ResNet-18's head is a pool and a linear layer; SqueezeNet's class map takes more nodes.
    expect(bytes.length - fixture.model.length).toBeLessThan(name === 'resnet18' ? 1500 : 2500);
    wasm.env.wasm.numThreads = 1;
    for (const [runtimeName, ort] of [
      ['onnxruntime-node', native],
      ['onnxruntime-web', wasm],
    ] as const) {
      const session = await ort.InferenceSession.create(bytes);
      expect(session.inputNames).toEqual(['input']);
      const outputs = await session.run({ input: new ort.Tensor('float32', fixture.input.data as Float32Array, fixture.input.dims) });
      expect(outputs[heatmap]?.dims).toEqual([1, 224, 224]);
      // Other layouts and instruction sets round differently: 1e-3 in relative L2.
      expect(relativeL2(outputs[heatmap]?.data as Float32Array, expected), runtimeName).toBeLessThan(1e-3);
      expect(Object.keys(outputs).sort()).toEqual(['heatmap', 'logits']);
      await session.release();
    }
  });

  it('explains the class that its class input asks for, −1 the most probable', async () => {
    const fixture = await loadFixture(name);
    const runtime = await nodeRuntime();
    const { bytes, heatmap, classInput } = await exportExplained(runtime, fixture.model, { classInput: true });
    expect(classInput).toBe('class');
    const explainer = await openExplainer(runtime, fixture.model);
    const [top] = await explainer.explain(fixture.input);
    const [second] = await explainer.explain(fixture.input, [7]);
    await explainer.close();
    const session = await native.InferenceSession.create(bytes);
    const outputs = await session.run({
      input: new native.Tensor('float32', fixture.input.data as Float32Array, fixture.input.dims),
      class: new native.Tensor('int64', BigInt64Array.from([-1n, 7n]), [2]),
    });
    const data = outputs[heatmap]?.data as Float32Array;
    expect(relativeL2(data.subarray(0, data.length / 2), top?.explanations[0]?.heatmap.data ?? [])).toBeLessThan(1e-4);
    expect(relativeL2(data.subarray(data.length / 2), second?.explanations[0]?.heatmap.data ?? [])).toBeLessThan(1e-4);
    await session.release();
  });

  it('explains one class always when the export fixes it', async () => {
    const fixture = await loadFixture(name);
    const runtime = await nodeRuntime();
    const { bytes, heatmap } = await exportExplained(runtime, fixture.model, { class: 7 });
    const explainer = await openExplainer(runtime, fixture.model);
    const [result] = await explainer.explain(fixture.input, [7]);
    await explainer.close();
    const session = await native.InferenceSession.create(bytes);
    const outputs = await session.run({ input: new native.Tensor('float32', fixture.input.data as Float32Array, fixture.input.dims) });
    expect(relativeL2(outputs[heatmap]?.data as Float32Array, result?.explanations[0]?.heatmap.data ?? [])).toBeLessThan(1e-4);
    await session.release();
  });
});
