import { exportExplained, GradcamError, OnnxGradError, openExplainer, type Runtime, readModel, type Session } from '@gradcam/core';
import type { Dice } from '../packages/onnx-grad/src/testing/fuzz/mutate.js';

/** Dimensions that a runtime may tell of a hostile model. */
const SIZES = ['batch', 'n', '', 1, 2, 3, 7, 224, 0, -1, 2 ** 31, 2 ** 53];

/**
 * Everything that gradcam does with the bytes of a classifier before they are run: scores and layer found, differentiated, maps and heatmap appended.
 *
 * @returns `ok`, or the code of the error. Anything else that is thrown is a finding.
 */
export async function explain(bytes: Uint8Array, dice: Dice): Promise<string> {
  const runtime = tellingRuntime(dice);
  const layers = [dice.of(['auto', 'auto', 'last-conv', 'features', 'y'])];
  const methods = ['gradcam', ...(dice.chance(0.2) ? ['saliency'] : [])];
  try {
    await openExplainer(runtime, bytes, { layers, methods });
    await exportExplained(runtime, bytes, { layers, classInput: dice.chance(0.5) });
    return 'ok';
  } catch (error) {
    if (error instanceof GradcamError || error instanceof OnnxGradError) return error.code;
    throw error;
  }
}

/** A runtime that reads what it is given, tells of shapes what it likes, and answers every run with shapes of its own. */
function tellingRuntime(dice: Dice): Runtime {
  const dims = () => Array.from({ length: dice.below(6) }, () => dice.of(SIZES));
  const open = async (bytes: Uint8Array): Promise<Session> => {
    const { inputs, outputs } = readModel(bytes);
    return {
      inputs: inputs.map(({ name, dims: declared }) => ({ name, type: 'float32', dims: declared })),
      outputs: outputs.map(({ name }) => ({ name, type: 'float32', dims: dice.chance(0.1) ? dims() : undefined })),
      run: async (_, fetches = []) => {
        const shape = () => BigInt64Array.from({ length: dice.below(6) }, () => BigInt(dice.of([1, 2, 3, 7, 224, 0, 2 ** 31])));
        return Object.fromEntries(fetches.map((name) => [name, { type: 'int64', dims: [0], data: shape() }]));
      },
      close: async () => {},
    };
  };
  return { name: 'telling', open };
}
