import { findClass, GradcamError, nearest, type Tensor } from '@gradcam/core';
import { labelOf } from '@gradcam/jobs';
import type { ExplainAnswer, Question } from './api/schemas.js';
import type { Engine } from './engine/engine.js';
import { Problem } from './errors.js';
import type { Admission } from './http/admission.js';
import type { Limits } from './limits.js';
import type { ServedModel } from './served.js';
import type { PictureFormat } from './stages/draw.js';
import type { Answer, Reason, Question as Wanted } from './stages/explain.js';
import type { Read } from './stages/read.js';

/** A picture as it was sent: a file, or a tensor from numbers. */
export type Sent = { readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string } | { readonly tensor: Tensor };

/** A picture, and what is asked of it. */
export interface Request {
  readonly model: ServedModel;
  readonly sent: Sent;
  readonly question: Question;
  /** Whether an overlay is drawn in the end. */
  readonly draws?: boolean;
  /** The prediction alone. */
  readonly predictOnly?: boolean;
}

/** What was found. */
export interface Found {
  readonly request: Request;
  readonly wanted: Wanted;
  readonly read: Read;
  readonly answer: Answer;
  readonly milliseconds: number;
}

/** What the service does, whatever it is asked by. */
export class Service {
  constructor(
    readonly models: readonly ServedModel[],
    readonly engine: Engine,
    readonly admission: Admission,
    readonly limits: Limits,
  ) {}

  /** @throws Problem `unknown-model` */
  model(name = this.models[0]?.name ?? ''): ServedModel {
    const model = this.models.find((one) => one.name === name);
    if (model !== undefined) return model;
    const names = this.models.map((one) => one.name);
    const [near] = nearest(name, names, 1);
    throw new Problem(
      404,
      'unknown-model',
      `there is no model '${name.slice(0, 100)}'; ${near === undefined ? `there are: ${names.join(', ')}` : `did you mean ${near}?`}`,
    );
  }

  /**
   * Does work that is given up when its time is over, nobody waits for the answer any more, or a part of it has failed.
   *
   * @param gone aborted when who asks has hung up
   */
  async within<T>(gone: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // No AbortSignal.any and .timeout: Node.js 20 may collect such a signal before its time.
    const end = new AbortController();
    const hungUp = () => end.abort(gone.reason);
    gone.addEventListener('abort', hungUp, { once: true });
    const timer = setTimeout(() => end.abort(new DOMException('out of time', 'TimeoutError')), 1000 * this.limits.seconds);
    if (gone.aborted) hungUp();
    try {
      return await work(end.signal);
    } finally {
      clearTimeout(timer);
      gone.removeEventListener('abort', hungUp);
      end.abort();
    }
  }

  async explain(request: Request, signal: AbortSignal): Promise<Found> {
    const { model, sent, question, draws = false } = request;
    const wanted = wantedOf(request);
    const begin = performance.now();
    const { input, preprocess } = model.job;
    const maxPixels = this.limits.pixels;
    const keep = draws || question.include.includes('overlay');
    const read = 'tensor' in sent ? sent : await this.engine.read({ ...sent, input, preprocess, maxPixels, keep }, signal);
    const answer = await this.engine.explain(model, { tensor: read.tensor, question: wanted }, signal);
    return { request, wanted, read, answer, milliseconds: Math.round(10 * (performance.now() - begin)) / 10 };
  }

  /** The overlay of one class. */
  draw(
    { request: { model, sent, question }, read }: Found,
    { heatmap }: Reason,
    format: PictureFormat,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { compat } = model.job.look;
    const { alpha, colormap } = question;
    const look = { heatmap, alpha, colormap, format, ...(compat !== undefined && { compat }) };
    const { picture, image } = read;
    const source = image ?? ('bytes' in sent ? sent.bytes : new Uint8Array(0));
    return this.engine.draw({ ...look, source, ...(picture && { placement: picture.placement }) }, signal);
  }

  /** The answer in JSON. */
  async answer(found: Found, signal: AbortSignal): Promise<ExplainAnswer> {
    const { request, wanted, read, answer, milliseconds } = found;
    const { model, question } = request;
    const has = (part: Question['include'][number]) => question.include.includes(part);
    const prediction = (index: number) => ({ index, label: labelOf(model.job, index), probability: finite(answer.probabilities[index]) });
    const explanations = answer.reasons.map(async (reason) => ({
      class: prediction(reason.class),
      score: finite(reason.score),
      evidence: reason.evidence,
      ...(has('heatmap') && { heatmap: rowsOf(reason.heatmap, (value) => Math.round(1e4 * value) / 1e4) }),
      // Nine digits tell every float32 from the next.
      ...(has('maps') && { maps: reason.maps.map((map) => rowsOf(map, (value) => Number(value.toPrecision(9)))) }),
      ...(has('overlay') && { overlay: Buffer.from(await this.draw(found, reason, 'png', signal)).toString('base64') }),
    }));
    return {
      model: model.name,
      method: wanted.method,
      layers: [...(answer.reasons[0]?.layers ?? model.layers)],
      ...(read.picture && { picture: read.picture }),
      predictions: ranked(answer.probabilities).slice(0, question.predictions).map(prediction),
      explanations: await Promise.all(explanations),
      milliseconds,
    };
  }
}

/** What the network is asked. @throws Problem, GradcamError `unknown-class` */
function wantedOf({ model: { job }, question: { classes, top, method }, predictOnly }: Request): Wanted {
  const { methods } = job.explainer;
  if (classes.length > 0 && top !== undefined)
    throw new Problem(400, 'invalid-request', "'classes' and 'top' both say what is explained; send one of them");
  const chosen = method?.toLowerCase() ?? methods[0] ?? '';
  if (!methods.includes(chosen))
    throw new GradcamError(
      'unknown-method',
      `this service has no method '${chosen.slice(0, 100)}' for this model; there are: ${methods.join(', ')}`,
    );
  const found = classes.map((query) => findClass(job.labels, String(query), job.classCount));
  return { classes: [...new Set(found)], top: predictOnly ? 0 : Math.min(top ?? 1, job.classCount), method: chosen };
}

/** Classes, the most probable first. */
function ranked(probabilities: Float32Array): number[] {
  return Array.from(probabilities.keys()).sort((one, other) => (probabilities[other] ?? 0) - (probabilities[one] ?? 0));
}

function rowsOf({ width, height, data }: Reason['heatmap'], number: (value: number) => number): number[][] {
  return Array.from({ length: height }, (_, row) => Array.from(data.subarray(row * width, (row + 1) * width), number));
}

/** JSON has no other numbers. */
export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
