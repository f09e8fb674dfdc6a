import { GradcamError } from '@gradcam/core';
import { encodeNpy } from '@gradcam/node';
import type { Context } from 'hono';
import { Problem } from '../errors.js';
import { ANSWERS, type AnswerForm, formFor, mediaType } from '../http/accept.js';
import type { Bodies } from '../http/bodies.js';
import type { Found, Request, Service } from '../service.js';
import { decodeBase64 } from './base64.js';
import { checked } from './check.js';
import { parseForm } from './form.js';
import { parseJson } from './json.js';
import { ExplainRequest } from './schemas.js';

/** `POST /v1/explain`: one picture in, its explanation out, in the form that is wanted. */
export async function explain(c: Context, service: Service, bodies: Bodies): Promise<Response> {
  const form = formFor(c.req.header('accept'));
  const { bytes, release } = await bodies.read(c.req.raw);
  let leave: (() => void) | undefined;
  try {
    const request = {
      ...(await requestOf(bytes, c.req.header('content-type') ?? null, service)),
      draws: form !== 'json' && form !== 'npy',
    };
    leave = service.admission.enter(1);
    return await service.within(c.req.raw.signal, async (signal) => {
      const found = await service.explain(request, signal);
      return form === 'json' ? c.json(await service.answer(found, signal)) : file(await fileOf(form, found, service, signal), form);
    });
  } finally {
    leave?.();
    release();
  }
}

/** @throws Problem 400, 404, 413, 415 */
async function requestOf(bytes: Uint8Array<ArrayBuffer>, contentType: string | null, service: Service): Promise<Request> {
  switch (mediaType(contentType)) {
    case 'application/json': {
      const { image, model, ...question } = checked(ExplainRequest, parseJson(bytes));
      return { model: service.model(model), sent: { bytes: decodeBase64(image, 'image'), name: 'image' }, question };
    }
    case 'multipart/form-data': {
      const { bytes: picture, model, question } = await parseForm(bytes, contentType ?? '');
      return { model: service.model(model), sent: { bytes: picture, name: 'image' }, question };
    }
    default:
      throw new Problem(
        415,
        'unsupported-type',
        'expected the body as application/json or multipart/form-data, and Content-Type to say which',
      );
  }
}

async function fileOf(form: Exclude<AnswerForm, 'json'>, found: Found, service: Service, signal: AbortSignal): Promise<Uint8Array> {
  const { reasons } = found.answer;
  const [first, ...others] = reasons;
  if (first === undefined) throw new GradcamError('unknown-class', 'nothing was explained');
  if (form !== 'npy') {
    if (others.length > 0)
      throw new Problem(
        406,
        'not-acceptable',
        'a picture shows one class, but several are asked for; ask for application/json with include: ["overlay"]',
      );
    return service.draw(found, first, form, signal);
  }
  const { width, height, data } = first.heatmap;
  if (others.length === 0) return encodeNpy({ type: 'float32', dims: [height, width], data });
  const all = new Float32Array(reasons.length * width * height);
  for (const [index, { heatmap }] of reasons.entries()) all.set(heatmap.data, index * width * height);
  return encodeNpy({ type: 'float32', dims: [reasons.length, height, width], data: all });
}

function file(bytes: Uint8Array, form: AnswerForm): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'Content-Type': ANSWERS[form][0] } });
}
