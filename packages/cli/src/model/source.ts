import { existsSync } from 'node:fs';
import { GradcamError, nearest, type Preprocess, zooEntry, zooNames } from '@gradcam/core';
import { zooModel } from '@gradcam/node';
import type { Io } from '../io.js';
import { downloadBar } from '../terminal/progress.js';
import { BUNDLED } from './bundled.js';

/** Where a model comes from. */
export interface ModelSource {
  /** What reports call it: the path as it was given, or the short name. */
  readonly name: string;
  readonly path: string;
  readonly origin: 'bundled' | 'zoo' | 'file';
  /** What the zoo knows of its preprocessing. */
  readonly preprocess?: Preprocess;
}

/**
 * The file behind `--model`: nothing is the bundled model, a name of the zoo is fetched once, one in S3 is fetched into the cache, anything else is a path.
 *
 * @throws GradcamError `unknown-model`, `network`
 */
export async function findModel(model: string | undefined, io: Io): Promise<ModelSource> {
  if (model === undefined) {
    io.note(
      `gradcam: no --model given: using the bundled one (${BUNDLED.name}), which knows ${BUNDLED.knows}; name another by --model FILE.onnx or --model resnet18`,
    );
    return { name: BUNDLED.name, path: BUNDLED.path, origin: 'bundled' };
  }
  if (zooNames().includes(model)) {
    const bar = downloadBar(io);
    try {
      return { name: model, path: await zooModel(model, bar), origin: 'zoo', preprocess: zooEntry(model).preprocess };
    } finally {
      bar.stop();
    }
  }
  if (model.startsWith('s3://')) {
    const { fetchModel } = await import('@gradcam/jobs');
    return { name: model, path: await fetchModel(model), origin: 'file' };
  }
  if (!looksLikePath(model) && !existsSync(model)) throw unknownModel(model);
  return { name: model, path: model, origin: 'file' };
}

function looksLikePath(model: string): boolean {
  return /[/\\]|\.(?:onnx|ort|pb)$/i.test(model);
}

function unknownModel(model: string): GradcamError {
  const near = nearest(model, zooNames());
  const advice = near.length > 0 ? `did you mean ${near.join(', ')}?` : `the zoo has ${zooNames().join(', ')}`;
  return new GradcamError('unknown-model', `there is no file '${model}' and no model of that name in the zoo; ${advice}`);
}
