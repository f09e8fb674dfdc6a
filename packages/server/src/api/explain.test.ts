import { colorize, overlay, placeHeatmap, preprocess, type RgbImage } from '@gradcam/core';
import { encodeNpy, encodePng, parseNpy, readImage } from '@gradcam/node';
import { afterAll, expect, it } from 'vitest';
import { everyday, formOf, jsonOf } from '../testing/everyday.js';
import { problem, startEveryday, stopAll } from '../testing/service.js';
import { ExplainAnswer } from './schemas.js';

const { ask, picture, image, base64, truth } = await startEveryday();
afterAll(stopAll);

/** The answer, which must be as the document says. */
async function explained(answer: Response): Promise<ExplainAnswer> {
  const body: unknown = await answer.json();
  expect({ status: answer.status, body }).toMatchObject({ status: 200 });
  return ExplainAnswer.strict().parse(body);
}

/** A file of these very pixels, however it is compressed. */
async function expectPicture(file: ArrayBuffer | Uint8Array, { width, height, data }: RgbImage): Promise<void> {
  const found = await readImage(new Uint8Array(file));
  expect([found.width, found.height]).toEqual([width, height]);
  expect(Buffer.from(found.data).equals(data)).toBe(true);
}

it('a form: the most probable class, with the very numbers of the library', async () => {
  const answer = await explained(await ask('/v1/explain', { method: 'POST', body: formOf(picture) }));
  expect(answer).toMatchObject({ model: 'everyday', method: 'gradcam', layers: ['/stages/stages.5/Relu_1_output_0'] });
  expect(answer.picture).toMatchObject({ width: image.width, height: image.height });
  expect(answer.predictions.map(({ label }) => label).slice(0, 2)).toEqual(['truck', 'airplane']);
  expect(answer.predictions.length).toBe(5);
  const [why, ...others] = answer.explanations;
  expect(others).toEqual([]);
  expect(why).toMatchObject({
    class: { index: 9, label: 'truck', probability: truth.probabilities[9] },
    score: truth.score,
    evidence: true,
  });
  expect(why?.heatmap?.flat()).toEqual(Array.from(truth.heatmap, (value) => Math.round(1e4 * value) / 1e4));
  expect(why?.heatmap?.map((row) => row.length)).toEqual(Array(32).fill(32));
});

it('JSON: classes by index and label, another method, maps that are exact', async () => {
  const body = { image: base64, classes: [9, 'airplane'], include: ['maps'], predictions: 1 };
  const answer = await explained(await ask('/v1/explain', jsonOf(body)));
  expect(answer.explanations.map((one) => one.class.label)).toEqual(['truck', 'airplane']);
  expect(answer.predictions.length).toBe(1);
  expect(answer.explanations[0]?.heatmap).toBeUndefined();
  const map = Float32Array.from(answer.explanations[0]?.maps?.flat(2) ?? []);
  expect(Math.max(...map.map((value, at) => Math.abs(value - (truth.map[at] ?? 0))))).toBeLessThan(1e-5);
  const other = await explained(await ask('/v1/explain', jsonOf({ image: base64, method: 'hirescam', include: [] })));
  expect(other.method).toBe('hirescam');
  expect((await explained(await ask('/v1/explain', jsonOf({ image: base64, model: 'other', top: 2 })))).explanations.length).toBe(2);
});

it('an overlay is what the library draws', async () => {
  const answer = await ask('/v1/explain', {
    method: 'POST',
    body: formOf(picture, [
      ['classes', 'truck'],
      ['alpha', '0.7'],
      ['colormap', 'viridis'],
    ]),
    headers: { Accept: 'image/*' },
  });
  expect(answer.headers.get('content-type')).toBe('image/png');
  const heatmap = { width: 32, height: 32, data: truth.heatmap };
  const { placement } = preprocess(image, everyday().job.preprocess);
  const drawn = overlay(image, placeHeatmap(heatmap, placement, image), { alpha: 0.7, colormap: 'viridis' });
  await expectPicture(await answer.arrayBuffer(), drawn);
  const within = await explained(
    await ask('/v1/explain', jsonOf({ image: base64, alpha: 0.7, colormap: 'viridis', include: ['overlay'] })),
  );
  await expectPicture(Buffer.from(within.explanations[0]?.overlay ?? '', 'base64'), drawn);
});

it('a picture too large to wait in memory is decoded again', async () => {
  const large: RgbImage = { width: 2000, height: 1500, data: new Uint8Array(3 * 2000 * 1500).fill(90) };
  const answer = await ask('/v1/explain', {
    method: 'POST',
    body: formOf(new Uint8Array(await encodePng(large))),
    headers: { Accept: 'image/jpeg' },
  });
  const drawn = await readImage(new Uint8Array(await answer.arrayBuffer()));
  expect([answer.status, drawn.width, drawn.height]).toEqual([200, 2000, 1500]);
});

it('an array: the heatmap to the last bit, several classes as one', async () => {
  const npy = async (fields: object) =>
    parseNpy(
      new Uint8Array(await (await ask('/v1/explain', jsonOf({ image: base64, ...fields }, { Accept: 'application/x-npy' }))).arrayBuffer()),
      'answer',
    );
  expect(await npy({})).toEqual({ type: 'float32', dims: [32, 32], data: truth.heatmap });
  const several = await npy({ top: 3 });
  expect(several.dims).toEqual([3, 32, 32]);
  expect(several.data.subarray(0, 1024)).toEqual(truth.heatmap);
});

it('a tensor has no picture: its overlay is the heatmap in colour', async () => {
  const { tensor } = preprocess(image, everyday().job.preprocess);
  const file = new Uint8Array(encodeNpy(tensor));
  const answer = await explained(await ask('/v1/explain', { method: 'POST', body: formOf(file) }));
  expect(answer.picture).toBeUndefined();
  expect(answer.explanations[0]?.score).toBe(truth.score);
  const drawn = await ask('/v1/explain', { method: 'POST', body: formOf(file), headers: { Accept: 'image/png' } });
  await expectPicture(await drawn.arrayBuffer(), colorize({ width: 32, height: 32, data: truth.heatmap }));
});

it.each([
  ['no JSON', '{', 400, 'invalid-request', 'the body is no JSON'],
  ['another type of body', undefined, 415, 'unsupported-type', 'expected the body as application/json or multipart/form-data'],
  ['no picture', '{}', 400, 'invalid-request', "expected 'image' to be a string"],
  ['an address', '{"image":"http://127.0.0.1/x.png"}', 400, 'invalid-image', 'this service fetches nothing'],
  ['no base64', '{"image":"a*b"}', 400, 'invalid-image', 'it has other characters'],
  ['no picture in base64', '{"image":"aGVsbG8="}', 400, 'invalid-image', "but 'image' is none of these"],
  ['an unknown field', '{"image":"aGVsbG8=","url":1}', 400, 'invalid-request', "the unknown field 'url'"],
  ['an unknown class', '{"image":"aGVsbG8=","classes":["zebra"]}', 400, 'unknown-class', "No class is labelled 'zebra'"],
  ['a class that is not there', '{"image":"aGVsbG8=","classes":[10]}', 400, 'unknown-class', '10'],
  ['classes and top', '{"image":"aGVsbG8=","classes":[1],"top":2}', 400, 'invalid-request', 'both say what is explained'],
  ['an unknown method', '{"image":"aGVsbG8=","method":"rise"}', 400, 'unknown-method', 'there are: gradcam, hirescam'],
  ['an unknown model', '{"image":"aGVsbG8=","model":"othr"}', 404, 'unknown-model', 'did you mean other?'],
  ['a number out of range', '{"image":"aGVsbG8=","alpha":2}', 400, 'invalid-request', "expected 'alpha' to be at most 1"],
  ['brackets without end', `{"image":${'['.repeat(2 ** 20 + 1)}`, 413, 'limit', 'lists and objects'],
])('%s: a problem in words', async (_, body, status, code, words) => {
  const init =
    body === undefined ? { method: 'POST', body: 'x' } : { method: 'POST', body, headers: { 'Content-Type': 'application/json' } };
  expect(await problem(await ask('/v1/explain', init))).toEqual({ status, code, detail: expect.stringContaining(words) });
});

it('forms that are none, drawings, and pictures of several classes: problems', async () => {
  const form = (body: BodyInit, headers: Readonly<Record<string, string>> = {}) => ask('/v1/explain', { method: 'POST', body, headers });
  const none = new FormData();
  none.set('model', 'everyday');
  expect(await problem(await form(none))).toMatchObject({ status: 400, detail: expect.stringContaining("in the part 'image'") });
  expect(await problem(await form('--x\r\nbroken', { 'Content-Type': 'multipart/form-data; boundary=x' }))).toMatchObject({
    status: 400,
    detail: expect.stringContaining('the form is damaged'),
  });
  expect(await problem(await form('', { 'Content-Type': 'multipart/form-data' }))).toMatchObject({
    status: 400,
    detail: expect.stringContaining('boundary'),
  });
  expect(await problem(await form('--x'.repeat(2000), { 'Content-Type': 'multipart/form-data; boundary=x' }))).toMatchObject({
    status: 413,
  });
  const svg = new TextEncoder().encode(' <svg xmlns="http://www.w3.org/2000/svg"/>');
  expect(await problem(await form(formOf(svg)))).toMatchObject({ status: 400, detail: expect.stringContaining('a drawing (SVG)') });
  expect(await problem(await form(formOf(picture, [['top', '2']]), { Accept: 'image/png' }))).toMatchObject({
    status: 406,
    detail: expect.stringContaining('a picture shows one class'),
  });
  expect(await problem(await form(formOf(picture), { Accept: 'text/html' }))).toMatchObject({ status: 406 });
});
