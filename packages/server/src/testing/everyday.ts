import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DEFAULT_ALPHA, DEFAULT_COLORMAP, preprocess, preset, type RgbImage } from '@gradcam/core';
import { openNetwork } from '@gradcam/jobs';
import { encodePng, readImage } from '@gradcam/node';
import type { ServedModel } from '../served.js';

const MODEL = new URL('../../../../models/everyday/', import.meta.url);

/** The bundled model. */
export function everyday(methods: readonly string[] = ['gradcam'], name = 'everyday'): ServedModel {
  return {
    name,
    batches: methods.every((method) => method !== 'rise'),
    layers: ['/stages/stages.5/Relu_1_output_0'],
    job: {
      model: { name, path: fileURLToPath(new URL('everyday-int8.onnx', MODEL)), external: [] },
      runtime: { threads: 1 },
      session: { threads: 1 },
      explainer: { methods },
      input: { name: 'image', type: 'float32', layout: 'NCHW', batch: 'batch', channels: 3, height: 32, width: 32 },
      preprocess: { ...preset('unit', [32, 32]), mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
      labels: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
      classCount: 10,
      classes: [],
      top: 1,
      truth: false,
      look: { alpha: DEFAULT_ALPHA, colormap: DEFAULT_COLORMAP },
      maps: 'none',
    },
  };
}

/** An airplane above a truck, as a PNG file. The README of the model says what it makes of it: truck 0.73, airplane 0.25. */
export async function airplaneAndTruck(): Promise<Uint8Array<ArrayBuffer>> {
  const drawing = readFileSync(new URL('examples/airplane-and-truck.svg', MODEL));
  return new Uint8Array(await encodePng(await readImage(new Uint8Array(drawing))));
}

/** A form with a picture. */
export function formOf(picture: Uint8Array<ArrayBuffer>, fields: readonly (readonly [string, string])[] = []): FormData {
  const form = new FormData();
  form.set('image', new Blob([picture]), 'picture.png');
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

/** A request with a body of JSON. */
export function jsonOf(value: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: 'POST', body: JSON.stringify(value), headers: { 'Content-Type': 'application/json', ...headers } };
}

/** What the library finds in a picture by itself. */
export interface Truth {
  readonly heatmap: Float32Array;
  readonly map: Float32Array;
  readonly score: number;
  readonly probabilities: readonly number[];
}

export async function truthOf(image: RgbImage): Promise<Truth> {
  const { job } = everyday();
  const explainer = await openNetwork(job);
  const { explanations, predictions } = await explainer.explainOne(preprocess(image, job.preprocess).tensor);
  const probabilities = predictions.toSorted((one, other) => one.index - other.index).map(({ probability }) => probability);
  const [why] = explanations;
  if (why === undefined) throw new Error('nothing was explained');
  await explainer.close();
  return { heatmap: why.heatmap.data.slice(), map: why.maps[0]?.data.slice() ?? new Float32Array(), score: why.score, probabilities };
}
