import { dirname, resolve } from 'node:path';
import {
  describedTarget,
  type Explainer,
  type Explanation,
  type Heatmap,
  openExplainer,
  type Prediction,
  type Tensor,
} from '@gradcam/core';
import { openRuntime, readExternalData, readModelFile } from '@gradcam/node';
import type { Job } from '../job/job.js';

/** What the network said of a picture, and why. */
export interface Explained {
  /** The most probable class. */
  readonly predicted: Prediction;
  readonly explanations: readonly Explanation[];
  readonly milliseconds: number;
}

/** The network of a job, ready to explain. */
export async function openNetwork({ model, runtime, session, explainer, target }: Job): Promise<Explainer> {
  const { bytes } = await readModelFile(model.path);
  const weights =
    model.external.length === 0
      ? {}
      : { externalData: await readExternalData(model.path, model.external), externalFolder: dirname(resolve(model.path)) };
  return openExplainer(await openRuntime(runtime), bytes, {
    ...explainer,
    ...(target !== undefined && { target: describedTarget(target) }),
    session: { ...session, ...weights },
    room: new Uint8Array(bytes.buffer, bytes.byteOffset),
  });
}

/** The second stage: a prediction, and a heatmap for each class. @param target index of the true class, where it is known */
export async function explain(
  explainer: Explainer,
  job: Pick<Job, 'classes' | 'top' | 'truth'>,
  tensor: Tensor,
  target: number | undefined,
): Promise<Explained> {
  const begin = performance.now();
  const more = job.truth && target !== undefined ? [target] : [];
  const given = job.classes.length > 0 ? [...new Set([...job.classes, ...more])] : [];
  const result = await explainer.explainOne(tensor, given);
  const explanations = [...result.explanations];
  const [first] = explanations;
  // All classes of a picture in order of probability cost more than explaining one does: only who asks for several pays.
  const ranked = given.length > 0 || job.top > 1 || first === undefined ? result.predictions : [first.class];
  const [predicted = { index: -1, probability: Number.NaN }] = ranked;
  if (given.length === 0) {
    const wanted = [...new Set([...ranked.slice(0, job.top).map(({ index }) => index), ...more])];
    const rest = wanted.filter((index) => index !== first?.class.index);
    if (rest.length > 0) explanations.push(...(await explainer.explainOne(tensor, rest)).explanations);
  }
  return { predicted, explanations: explanations.map(own), milliseconds: performance.now() - begin };
}

/** Without the memory that several explanations, or the runtime, may share. */
function own(explanation: Explanation): Explanation {
  const copy = (map: Heatmap) => (map.data.byteLength === map.data.buffer.byteLength ? map : { ...map, data: map.data.slice() });
  return { ...explanation, heatmap: copy(explanation.heatmap), maps: explanation.maps.map(copy) };
}
