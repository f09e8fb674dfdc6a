import type { Explainer, Explanation, Heatmap, ImageResult, Tensor } from '@gradcam/core';

/** What is asked of each picture of a run. */
export interface Question {
  /** Classes to explain; none: the most probable. */
  readonly classes: readonly number[];
  /** How many of the most probable classes, where `classes` names none. 0: only the prediction is wanted. */
  readonly top: number;
  readonly method: string;
}

/** Why the network gives a class its score, as plain data. */
export interface Reason {
  readonly class: number;
  readonly score: number;
  readonly layers: readonly string[];
  readonly evidence: boolean;
  readonly heatmap: Heatmap;
  readonly maps: readonly Heatmap[];
}

/** What the network said of a picture, and why. */
export interface Answer {
  /** Of each class, in the order of the classes. */
  readonly probabilities: Float32Array;
  readonly reasons: readonly Reason[];
}

/**
 * Asks the same of several pictures, in one run where that is all it takes.
 *
 * @param signal read between two runs of methods that take many
 * @throws GradcamError
 */
export async function explainAll(
  explainer: Explainer,
  tensors: readonly Tensor[],
  { classes, top, method }: Question,
  signal: { readonly aborted: boolean },
): Promise<Answer[]> {
  const asking = { methods: [method], signal };
  const results = await explainer.explain(stack(tensors), classes, asking);
  const answers: Answer[] = [];
  for (const [index, result] of results.entries()) {
    const explanations = top === 0 ? [] : [...result.explanations];
    const tensor = tensors[index];
    if (classes.length === 0 && top > 1 && tensor !== undefined) {
      const known = explanations[0]?.class.index;
      const wanted = result.predictions.slice(0, top).map(({ index }) => index);
      const rest = wanted.filter((one) => one !== known);
      explanations.push(...(await explainer.explainOne(tensor, rest, asking)).explanations);
    }
    answers.push({ probabilities: probabilitiesOf(result), reasons: explanations.map(reasonOf) });
  }
  return answers;
}

function probabilitiesOf({ predictions }: ImageResult): Float32Array {
  const probabilities = new Float32Array(predictions.length);
  for (const { index, probability } of predictions) probabilities[index] = probability;
  return probabilities;
}

/** Without the memory that several explanations, or the runtime, may share. */
function reasonOf({ class: { index }, score, layers, evidence, heatmap, maps }: Explanation): Reason {
  const own = ({ width, height, data }: Heatmap) => ({ width, height, data: data.slice() });
  return { class: index, score, layers, evidence, heatmap: own(heatmap), maps: maps.map(own) };
}

/** Pictures of one shape, one after the other. */
export function stack(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new RangeError('expected a picture at least');
  if (tensors.length === 1) return first;
  const { type, dims } = first;
  const bytes = new Uint8Array(tensors.reduce((sum, { data }) => sum + data.byteLength, 0));
  let at = 0;
  for (const { data } of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  const Numbers = first.data.constructor as new (buffer: ArrayBuffer) => Tensor['data'];
  return { type, dims: [tensors.length, ...dims.slice(1)], data: new Numbers(bytes.buffer) };
}
