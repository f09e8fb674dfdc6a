import { fullName } from '../graph/graph.js';

/** Why an operator is refused on the path of a gradient, and what its user can do. */
export interface Refusal {
  readonly why: string;
  readonly instead: string;
}

const unrolled: Refusal = {
  why: 'the steps of a recurrent network are not differentiated',
  instead: 'choose a value after it, or export the network with its steps unrolled',
};
const loop: Refusal = {
  why: 'how often the body of a loop runs is known only at run time',
  instead: 'choose a value after it, or export the model with the loop unrolled',
};
const branch: Refusal = {
  why: 'which branch runs is known only at run time (branches of a constant condition are differentiated)',
  instead: 'choose a value after it, or fix the condition and fold constants (onnxsim)',
};
const sequence: Refusal = {
  why: 'sequences of tensors and optional values are not differentiated',
  instead: 'choose a value after it, or export the model with plain tensors (Concat, Split)',
};
const text: Refusal = {
  why: 'text has no derivative',
  instead: 'choose a value after it, such as the embedding of the tokens',
};
const image: Refusal = {
  why: 'the bytes of an image file have no derivative',
  instead: 'choose the decoded pixels',
};
const bits: Refusal = {
  why: 'the bits of a number, read as another type, have no derivative',
  instead: 'choose a value after it, or export the model with a Cast',
};
const merged: Refusal = {
  why: 'equal elements become one, which has no derivative',
  instead: 'choose a value after it',
};
const regions: Refusal = {
  why: 'the largest element of each bin of a region is not found again',
  instead: 'choose a value after it, or export the model with RoiAlign',
};
const unverified: Refusal = {
  why: 'ONNX Runtime 1.30 has no kernel for it, so that no gradient could be checked',
  instead: 'export the model with the operators of which it consists, or inline its function (onnx.inliner)',
};
const blocked: Refusal = {
  why: 'ONNX Runtime wrote it for one kind of processor: its channels lie in blocks (graph optimisation level all)',
  instead: 'explain the model as it was before, or save it optimised again at level extended or lower',
};
const elsewhere: Refusal = {
  why: 'ONNX Runtime writes it for other processors than the CPU, where it has no kernel for it, so that no gradient could be checked',
  instead: 'explain the model as it was before, or save it optimised again on the CPU',
};
const tokens: Refusal = {
  why: 'the numbers of tokens have no derivative',
  instead: 'choose a value after it, or export the model with the embedding and its normalisation apart',
};

/**
 * Operators that take or give tensors and are neither differentiated nor stop a gradient by their nature, all of the standard's and some
 * others: on the path they are an error that gives these words. Beside the path they do not matter.
 */
export const refusals: ReadonlyMap<string, Refusal> = new Map([
  ...refused(unrolled, 'RNN', 'GRU', 'LSTM', 'com.microsoft.DynamicQuantizeLSTM'),
  ...refused(loop, 'Loop', 'Scan', 'SequenceMap'),
  ...refused(branch, 'If'),
  ...refused(
    sequence,
    'SequenceConstruct',
    'SequenceEmpty',
    'SequenceAt',
    'SequenceInsert',
    'SequenceErase',
    'ConcatFromSequence',
    'SplitToSequence',
  ),
  ...refused(sequence, 'Optional', 'OptionalGetElement'),
  ...refused(text, 'StringConcat', 'StringNormalizer', 'StringSplit', 'RegexFullMatch', 'TfIdfVectorizer'),
  ...refused(image, 'ImageDecoder'),
  ...refused(bits, 'BitCast'),
  ...refused(merged, 'Unique'),
  ...refused(regions, 'MaxRoiPool'),
  ...refused(unverified, 'CausalConvWithState', 'LinearAttention', 'SwiGLU'),
  ...refused(tokens, 'com.microsoft.EmbedLayerNormalization'),
  ...refused(
    elsewhere,
    'com.microsoft.BiasAdd',
    'com.microsoft.BiasSoftmax',
    'com.microsoft.BiasSplitGelu',
    'com.microsoft.FusedMatMulActivation',
    'com.microsoft.GemmFastGelu',
    'com.microsoft.GroupNorm',
    'com.microsoft.NhwcConv',
    'com.microsoft.NhwcFusedConv',
    'com.microsoft.SkipGroupNorm',
  ),
  ...refused(unverified, 'com.microsoft.QLinearReduceMean'),
]);

/** Why an operator is refused; undefined where it is not. */
export function refusalOf(domain: string, opType: string): Refusal | undefined {
  return domain === 'com.microsoft.nchwc' ? blocked : refusals.get(fullName(domain, opType));
}

function refused(refusal: Refusal, ...operators: readonly string[]): [string, Refusal][] {
  return operators.map((operator) => [operator, refusal]);
}
