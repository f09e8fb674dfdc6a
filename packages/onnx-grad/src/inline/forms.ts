import type { Node } from '../graph/types.js';

/** Operator sets in which an operator lost an attribute or got another default: a node means another thing on either side. */
const changes: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [9],
  Clip: [11],
  DFT: [20],
  Dropout: [12],
  GridSample: [20],
  GroupNormalization: [21],
  Hardmax: [13],
  LogSoftmax: [13],
  Pad: [11],
  ReduceL1: [18],
  ReduceL2: [18],
  ReduceLogSum: [18],
  ReduceLogSumExp: [18],
  ReduceMax: [18],
  ReduceMean: [18],
  ReduceMin: [18],
  ReduceProd: [18],
  ReduceSum: [13],
  ReduceSumSquare: [18],
  Resize: [11, 13],
  Scan: [9],
  Scatter: [11],
  Slice: [10],
  Softmax: [13],
  Split: [13, 18],
  Squeeze: [13],
  TopK: [10, 11],
  Unsqueeze: [13],
  Upsample: [9, 10],
};

/** Whether a standard operator written for one operator set may mean another thing in the other. */
export function formDiffers({ opType }: Node, one: number, other: number): boolean {
  const [low, high] = one < other ? [one, other] : [other, one];
  return Object.hasOwn(changes, opType) && (changes[opType]?.some((version) => low < version && version <= high) ?? false);
}
