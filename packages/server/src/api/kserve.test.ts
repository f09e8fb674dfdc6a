import { preprocess } from '@gradcam/core';
import { afterAll, expect, it } from 'vitest';
import { everyday, jsonOf } from '../testing/everyday.js';
import { problem, startEveryday, stopAll } from '../testing/service.js';
import { InstancesAnswer, ModelList, ModelStatus } from './schemas.js';

const { ask, image, base64, truth } = await startEveryday();
afterAll(stopAll);

it('instances of all forms are explained and predicted, in their order', async () => {
  const { tensor } = preprocess(image, everyday().job.preprocess);
  const numbers = Array.from({ length: 3 }, (_, c) =>
    Array.from({ length: 32 }, (_, y) => Array.from(tensor.data.subarray(1024 * c + 32 * y, 1024 * c + 32 * (y + 1)), Number)),
  );
  const instances = [
    { b64: base64 },
    { image: { b64: base64 }, classes: ['airplane'] },
    { image: base64, include: [] },
    numbers,
    [numbers],
  ];
  const answer = await ask('/v1/models/everyday:explain', jsonOf({ instances }));
  expect(answer.status).toBe(200);
  const { predictions, explanations } = InstancesAnswer.strict().parse(await answer.json());
  expect(explanations.map(({ explanations: [first] }) => first?.class.label)).toEqual(['truck', 'airplane', 'truck', 'truck', 'truck']);
  for (const one of predictions) for (const [at, value] of one.entries()) expect(value).toBeCloseTo(truth.probabilities[at] ?? 0, 5);
  const predicted = await ask('/v1/models/everyday:predict', jsonOf({ instances: [{ b64: base64 }] }));
  expect(await predicted.json()).toEqual({ predictions: [truth.probabilities] });
});

it('models say that they are ready', async () => {
  expect(ModelList.strict().parse(await (await ask('/v1/models')).json())).toEqual({ models: ['everyday', 'other'] });
  expect(ModelStatus.strict().parse(await (await ask('/v1/models/other')).json())).toMatchObject({
    name: 'other',
    ready: true,
    methods: ['layercam'],
    classes: 10,
    input: { shape: ['batch', 3, 32, 32] },
  });
  expect(await (await ask('/')).json()).toEqual({ status: 'alive' });
  expect(await (await ask('/healthz')).json()).toEqual({ status: 'ok' });
});

it('what is wrong is said of the instance', async () => {
  const call = async (body: unknown) => problem(await ask('/v1/models/everyday:explain', jsonOf(body)));
  expect(await call({ instances: [] })).toMatchObject({ status: 400, detail: expect.stringContaining("'instances'") });
  expect(await call({ instances: [{ b64: base64 }, { b64: 'aGVsbG8=' }] })).toMatchObject({
    status: 400,
    detail: expect.stringContaining("'instances[1]'"),
  });
  expect(await call({ instances: [[1, 2]] })).toMatchObject({
    status: 400,
    code: 'invalid-tensor',
    detail: expect.stringContaining("'instances[0]'"),
  });
  expect(await call({ instances: Array(65).fill({ b64: base64 }) })).toMatchObject({
    status: 413,
    detail: expect.stringContaining('at most 64 pictures'),
  });
  expect(await problem(await ask('/v1/models/none:explain', jsonOf({ instances: [] })))).toMatchObject({
    status: 404,
    code: 'unknown-model',
  });
  expect(await problem(await ask('/v1/models/everyday:delete', jsonOf({})))).toMatchObject({ status: 404, code: 'unknown-path' });
});
