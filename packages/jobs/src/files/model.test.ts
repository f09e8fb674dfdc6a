import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { externalClassifier } from '../../../cli/src/testing/models.js';
import { useS3 } from '../testing/s3.js';
import { fetchModel } from './model.js';

const server = await useS3('models');
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'gradcam-models-'));
  return () => rmSync(cache, { recursive: true });
});

const { model, weights } = externalClassifier('parts/colors.bin');
const sha256 = createHash('sha256').update(model).update(weights).digest('hex');
function put(): void {
  server.objects.set('models/zoo/colors.onnx', Buffer.from(model));
  server.objects.set('models/zoo/parts/colors.bin', Buffer.from(weights));
  server.objects.set('models/zoo/config.json', Buffer.from('{}'));
}

describe('fetchModel', () => {
  it('brings the model, its weights and what lies beside it, once', async () => {
    put();
    const path = await fetchModel('s3://models/zoo/colors.onnx', undefined, cache);
    expect(path).toBe(join(cache, sha256, 'colors.onnx'));
    expect(readFileSync(path)).toEqual(Buffer.from(model));
    expect(readFileSync(join(dirname(path), 'parts', 'colors.bin'))).toEqual(Buffer.from(weights));
    expect(readdirSync(dirname(path)).sort()).toEqual(['colors.onnx', 'config.json', 'parts']);
    expect(readdirSync(cache)).toEqual([sha256]);
    const before = server.requests.length;
    expect(await fetchModel('s3://models/zoo/colors.onnx', sha256, cache)).toBe(path);
    expect(server.requests.length).toBe(before);
  });

  it('by several at once is the same; what is no longer beside it goes', async () => {
    put();
    const fetched = await Promise.all([1, 2, 3].map(() => fetchModel('s3://models/zoo/colors.onnx', undefined, cache)));
    expect(new Set(fetched).size).toBe(1);
    server.objects.delete('models/zoo/config.json');
    const path = await fetchModel('s3://models/zoo/colors.onnx', undefined, cache);
    expect(existsSync(join(dirname(path), 'config.json'))).toBe(false);
  });

  it('refuses another model than the run was planned with, and leaves nothing', async () => {
    put();
    await expect(fetchModel('s3://models/zoo/colors.onnx', 'f'.repeat(64), cache)).rejects.toMatchObject({
      code: 'invalid-model',
      message: expect.stringMatching(/^the model 's3:\/\/models\/zoo\/colors\.onnx' has the sha256 .*, but the run was planned with ffff/),
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  it.each(['../out.bin', '/tmp/out.bin', 'parts/../../out.bin', '..\\out.bin'])('writes no weights to %s', async (location) => {
    server.objects.set('models/zoo/colors.onnx', Buffer.from(externalClassifier(location).model));
    server.objects.set('models/out.bin', Buffer.from(weights));
    await expect(fetchModel('s3://models/zoo/colors.onnx', undefined, cache)).rejects.toMatchObject({
      code: 'invalid-model',
      message: expect.stringMatching(/as a file of its weights, which leads out of its folder$/),
    });
    expect(readdirSync(cache)).toEqual([]);
  });
});
