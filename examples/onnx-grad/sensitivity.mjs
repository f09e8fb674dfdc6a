import { readFile } from 'node:fs/promises';
import { GraphBuilder, gradient, jacobianVectorProduct, learnFacts, readModel } from 'onnx-grad';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const graph = readModel(await readFile('regression.onnx')); // features [houses, 4] → price [houses, 1]
const infer = async (bytes) => (await InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled' })).outputMetadata;
const learn = (graph) => learnFacts(graph, infer);
const b = new GraphBuilder(graph, await learn(graph));

// What each feature is worth, for each house: ∂ price / ∂ feature. Houses do not depend on each other, so ones for all give all at once.
const ones = b.shift(b.zerosLike('price'), 1);
b.output('worth', gradient(b, new Map([['price', ones]]), ['features']).get('features'));

// And how the price changes along a direction of all features at once: a room more and ten years older.
const change = b.input('change', 'float32', ['houses', 4]);
const products = await jacobianVectorProduct(b, new Map([['features', change]]), ['price'], learn);
b.output('rise', products.get('price'));

const session = await InferenceSession.create(b.append());
const houses = new Tensor('float32', [1.2, 3, 0.5, 20, 0.7, 2, 2.5, 60], [2, 4]);
const older = new Tensor('float32', [0, 1, 0, 10, 0, 1, 0, 10], [2, 4]);
const { price, worth, rise } = await session.run({ features: houses, change: older });
console.log({ price: [...price.data], worth: [...worth.data], rise: [...rise.data] });
