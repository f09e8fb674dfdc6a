import { type Graph, GraphBuilder, hessianVectorProduct, jacobianVectorProduct, learnFacts, readModel } from 'onnx-grad';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { describeFixtures, fixtureNames, loadFixture, relativeL2 } from './support/fixtures.js';

/** Networks whose activations are smooth, so that differences of their gradients converge. */
const SMOOTH = ['efficientnet_b0.dynamo', 'vit_tiny_patch16_224.dynamo'];

/** Steps of the differences, and what is left of them: curvature, and the rounding of logits, which differ little between two pictures. */
const STEP = { gradient: 1e-2, logits: 3e-2 } as const;
const TOLERANCE = { gradient: 2e-3, logits: 2e-2 } as const;

const names = fixtureNames().filter((name) => SMOOTH.includes(name));
const options: InferenceSession.SessionOptions = { graphOptimizationLevel: 'basic' };
describeFixtures(names, 'second order of %s', (name) => {
  it('H · v and J · v are the differences of gradients and of logits', async () => {
    const { model, input, classes } = await loadFixture(name);
    const graph = readModel(model);
    const [x = '', logits = ''] = [graph.inputs[0]?.name, graph.outputs[0]?.name];
    const data = input.data as Float32Array;
    const direction = Float32Array.from(data, (_, index) => Math.sin(index * 1.7));
    const feeds = (point: Float32Array) => ({
      [x]: new Tensor('float32', point, input.dims),
      v: new Tensor('float32', direction, input.dims),
    });
    const open = (bytes: Uint8Array) => InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled', logSeverityLevel: 4 });
    const learn = (graph: Graph) =>
      learnFacts(
        graph,
        async (bytes) => (await open(bytes)).outputMetadata,
        async (bytes, outputs) => {
          const session = await open(bytes);
          const given = Object.entries(feeds(data)).filter(([name]) => session.inputNames.includes(name));
          return session.run(Object.fromEntries(given), outputs);
        },
      );
    const b = new GraphBuilder(graph, await learn(graph));
    const v = b.input('v', 'float32', input.dims);
    const score = b.constant(
      'float32',
      [1, 1000],
      Array.from({ length: 1000 }, (_, index) => (index === classes[0] ? 1 : 0)),
    );
    const { gradients, products } = await hessianVectorProduct(b, new Map([[logits, score]]), new Map([[x, v]]), learn);
    b.output('gradient', gradients.get(x) ?? '');
    b.output('hvp', products.get(x) ?? '');
    b.output('jvp', (await jacobianVectorProduct(b, new Map([[x, v]]), [logits], learn)).get(logits) ?? '');

    const session = await InferenceSession.create(b.append(), options);
    const at = async (t: number, outputs: readonly string[]) => {
      const point = data.map((value, index) => value + t * (direction[index] ?? 0));
      const made = await session.run(feeds(point), outputs);
      return outputs.map((output) => made[output]?.data as Float32Array);
    };
    const [hvp = new Float32Array(), jvp = new Float32Array()] = await at(0, ['hvp', 'jvp']);
    const between = async (step: number) => {
      const [above, below] = [await at(step, ['gradient', logits]), await at(-step, ['gradient', logits])];
      return [0, 1].map((output) => (above[output] ?? []).map((value, index) => (value - (below[output]?.[index] ?? 0)) / (2 * step)));
    };
    const [[ofGradient = []], [, ofLogits = []]] = await Promise.all([between(STEP.gradient), between(STEP.logits)]);
    const errors = [relativeL2(hvp, ofGradient), relativeL2(jvp, ofLogits)];
    console.info(`${name}: relative L2 of H · v ${errors[0]?.toExponential(1)}, of J · v ${errors[1]?.toExponential(1)}`);
    expect(errors[0]).toBeLessThan(TOLERANCE.gradient);
    expect(errors[1]).toBeLessThan(TOLERANCE.logits);
    await session.release();
  });
});
