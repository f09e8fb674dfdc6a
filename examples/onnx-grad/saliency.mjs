import { readFile } from 'node:fs/promises';
import { GraphBuilder, gradient, learnFacts, readModel } from 'onnx-grad';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const graph = readModel(await readFile('classifier.onnx'));
const [input, logits] = [graph.inputs[0].name, graph.outputs[0].name];

// Rules ask for shapes. The runtime infers them, on the model without its weights.
const infer = async (bytes) => (await InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled' })).outputMetadata;
const b = new GraphBuilder(graph, await learnFacts(graph, infer));

// The score is the largest logit of each row: its cotangent is 1 there and 0 elsewhere.
const top = b.cast(b.equal(logits, b.max(logits, [1])), b.typeOf(logits));
const gradients = gradient(b, new Map([[logits, top]]), [input]);
// How much each pixel matters: the largest of |∂ score / ∂ channel|.
b.output('saliency', b.max(b.abs(gradients.get(input)), [1], false));

// The prediction and its explanation, in one run of one model.
const session = await InferenceSession.create(b.append());
const picture = new Tensor('float32', new Float32Array(3 * 32 * 32).fill(0.5), [1, 3, 32, 32]);
const { saliency } = await session.run({ [input]: picture });
console.log(saliency.dims); // [1, 32, 32]
