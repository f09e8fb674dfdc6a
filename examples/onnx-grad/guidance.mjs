import { readFile } from 'node:fs/promises';
import { GraphBuilder, gradient, learnFacts, readModel } from 'onnx-grad';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const graph = readModel(await readFile('generator.onnx')); // latent [1, 8] → image [1, 3, 16, 16]
const infer = async (bytes) => (await InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled' })).outputMetadata;
const learn = (graph) => learnFacts(graph, infer);
const b = new GraphBuilder(graph, await learn(graph));

// The loss is written as nodes, too: how far the picture is from the one that is wanted. Then all of it is differentiated.
const wanted = b.input('wanted', 'float32', [1, 3, 16, 16]);
const difference = b.sub('image', wanted);
const loss = b.mean(b.mul(difference, difference), [0, 1, 2, 3], false);
await b.extend(learn);
const gradients = gradient(b, new Map([[loss, b.scalar(1, loss)]]), ['latent']);
b.output('loss', loss);
b.output('direction', gradients.get('latent'));

const session = await InferenceSession.create(b.append());
const target = new Tensor('float32', new Float32Array(3 * 16 * 16).fill(0.25), [1, 3, 16, 16]);
const latent = new Tensor('float32', new Float32Array(8), [1, 8]);
for (let step = 0; step <= 50; step++) {
  const answer = await session.run({ latent, wanted: target });
  if (step % 10 === 0) console.log(step, answer.loss.data[0]);
  for (const [index, slope] of answer.direction.data.entries()) latent.data[index] -= 2 * slope;
}
