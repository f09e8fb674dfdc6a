import { readFileSync } from 'node:fs';
import { openGradient, parsePreprocess, preprocess, type Runtime, type Session, type Tensor } from '@gradcam/core';
import { readImage } from '@gradcam/node';
import { readModel } from 'onnx-grad';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneThread } from './support/runtime.js';
import { hasShared, shared } from './support/shared.js';

/**
 * The gradient of real networks' scores with respect to their input, against central differences along random directions.
 *
 * Networks of ReLUs have thousands of kinks within any step that float32 can resolve. So the difference over a step is held against the mean of the
 * directional derivative along that step (midpoint rule): the two are equal whatever kinks lie between, and where there are none, the mean is the
 * derivative in the middle.
 */
const DIRECTIONS = 20;
/** Half a step, as a part of the range of the input's numbers. */
const STEP = 1e-4;
const POINTS = 4;
/** Largest error, as a part of the size of a typical directional derivative, √Σ (gᵢ vᵢ)². What is left is the midpoint rule at the kinks. */
const TOLERANCE = 5e-2;

/** What the score is: an entry of the last axis of the first output, summed over the others. */
const classes: Readonly<Record<string, number>> = {
  'mobilenet_v2_1.0_224_int8weights.onnx': 286,
  'mobilenet_v1_0.25_224.onnx': 286,
  'squeezenet1.0_deepcompression.onnx': 282,
  'cifar10_resnet20.onnx': 3,
  'mobilevit_xxs_flowers.onnx': 1,
  // Of YOLOX the score of class cat (4 numbers of the box and the objectness stand before), of DeepLab the logit of cat.
  'yolox_nano.onnx': 5 + 15,
  'deeplab_v3_1_default_1.onnx': 8,
};

interface ModelEntry {
  readonly file: string;
  readonly preprocess: unknown;
}

const present = hasShared('models/models.json') && hasShared('images/coral_cat_720p.jpg');
const entries = present ? (JSON.parse(readFileSync(`${shared}models/models.json`, 'utf8')) as ModelEntry[]) : [];
if (!present) it.skip('gradients of real models: ../shared/models and ../shared/images are not there', () => {});

describe.each(entries)('$file', ({ file, preprocess: spec }) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await oneThread();
  });

  it(`has the gradient that differences along ${DIRECTIONS} directions show`, async () => {
    const bytes = new Uint8Array(readFileSync(`${shared}models/${file}`));
    const { inputs, outputs } = readModel(bytes);
    const [wrt = '', of = ''] = [inputs[0]?.name, outputs[0]?.name];
    const image = await readImage(`${shared}images/coral_cat_720p.jpg`);
    const { tensor } = preprocess(image, parsePreprocess(spec, 'models.json'));
    const x = tensor.data as Float32Array;
    const range = x.reduce((most, value) => Math.max(most, value)) - x.reduce((least, value) => Math.min(least, value));

    const index = classes[file] ?? 0;
    const session = await runtime.open(bytes, { optimization: 'basic' });
    const gradient = await openGradient(runtime, bytes, { of, wrt, class: index, session: { optimization: 'basic' } });
    const gradientAt = async (data: Float32Array) => (await gradient.run({ [wrt]: { ...tensor, data } })).data as Float32Array;

    const g = await gradientAt(x);
    const errors: number[] = [];
    for (let seed = 1; seed <= DIRECTIONS; seed++) {
      const v = signs(seed, x.length);
      const at = (t: number) => x.map((value, element) => value + t * STEP * range * (v[element] ?? 0));
      const [above, below] = [at(1), at(-1)];
      // Rounding to float32 moves the two points a little: what counts is the distance that they have.
      const step = above.map((value, element) => value - (below[element] ?? 0));
      const score = (data: Float32Array) => scoreOf(session, wrt, of, { ...tensor, data }, index);
      const difference = (await score(above)) - (await score(below));
      let mean = 0;
      for (let point = 0; point < POINTS; point++) mean += dot(await gradientAt(at((2 * point + 1) / POINTS - 1)), step) / POINTS;
      const typical = Math.sqrt(g.reduce((sum, value, element) => sum + (value * (step[element] ?? 0)) ** 2, 0));
      errors.push(Math.abs(difference - mean) / typical);
    }
    await session.close();
    await gradient.close();
    const worst = Math.max(...errors);
    console.info(`${file}: worst of ${DIRECTIONS} directions ${worst.toExponential(1)}`);
    expect(worst).toBeLessThan(TOLERANCE);
  });
});

/** The score, summed in double precision. */
async function scoreOf(session: Session, input: string, output: string, tensor: Tensor, index: number): Promise<number> {
  const { data, dims } = (await session.run({ [input]: tensor }, [output]))[output] ?? { data: [], dims: [] };
  const last = dims.at(-1) ?? 1;
  let sum = 0;
  for (let at = index; at < data.length; at += last) sum += Number(data[at]);
  return sum;
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] ?? 0) * (other[index] ?? 0);
  return sum;
}

/** −1 or 1 from a hash of the position and the seed: the same in every run. */
function signs(seed: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => {
    const hash = Math.imul(Math.imul(index + 1, 0x9e3779b9) ^ Math.imul(seed, 0x85ebca6b), 0xc2b2ae35);
    return ((hash >>> 16) ^ (hash >>> 8)) & 1 ? 1 : -1;
  });
}
