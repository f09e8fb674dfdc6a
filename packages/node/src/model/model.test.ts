import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readExternalData } from './external-data.js';
import { MODEL_SPARE_BYTES, readModelFile } from './read.js';
import { sidecars } from './sidecars.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradcam-model-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const posix = process.platform !== 'win32';
const at = (...names: string[]) => join(folder, ...names);
const fails = (run: Promise<unknown>, code: string, words: string) =>
  expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(words) });

describe('readModelFile', () => {
  it('leaves room behind the bytes', async () => {
    writeFileSync(at('m.onnx'), Uint8Array.of(8, 7, 1));
    const { bytes } = await readModelFile(at('m.onnx'));
    expect([...bytes]).toEqual([8, 7, 1]);
    expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, 3 + MODEL_SPARE_BYTES]);
  });

  it.each([
    ['', 'the file is empty'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n', 'run `git lfs pull`'],
    ['<!DOCTYPE html><html>', 'that is text (<!DOCTYPE html>…), perhaps a web page'],
    ['{"error": "no"}', 'that is text'],
  ])('refuses a file with %j', async (content, words) => {
    writeFileSync(at('m.onnx'), content);
    await fails(readModelFile(at('m.onnx')), 'invalid-model', words);
  });

  it('refuses what is not there, with what is near it', async () => {
    writeFileSync(at('resnet18.onnx'), 'x');
    await fails(readModelFile(at('resnet-18.onnx')), 'not-found', `near it there is '${at('resnet18.onnx')}'`);
    await fails(readModelFile(folder), 'not-found', 'that is a folder');
  });

  it.skipIf(!posix)('refuses 2 GiB without reading them', async () => {
    writeFileSync(at('m.onnx'), '');
    truncateSync(at('m.onnx'), 2 ** 31);
    await fails(readModelFile(at('m.onnx')), 'limit', 'has 2147483648 bytes; save it with its weights as external data');
  });
});

describe('sidecars', () => {
  it('finds what is beside the model', async () => {
    expect(await sidecars(at('m.onnx'))).toEqual({});
    writeFileSync(at('config.json'), '{"id2label": {"0": "cat"}}');
    expect(await sidecars(at('m.onnx'))).toEqual({ config: { path: at('config.json'), value: { id2label: { '0': 'cat' } } } });
  });

  it("looks one folder up from a folder 'onnx', and from no other", async () => {
    writeFileSync(at('preprocessor_config.json'), '[1]');
    mkdirSync(at('onnx'));
    mkdirSync(at('other'));
    expect(await sidecars(at('onnx', 'm.onnx'))).toEqual({ preprocessor: { path: at('preprocessor_config.json'), value: [1] } });
    expect(await sidecars(at('other', 'm.onnx'))).toEqual({});
  });

  it('refuses what is not JSON, or no file', async () => {
    writeFileSync(at('config.json'), '{"id2label": ');
    await fails(sidecars(at('m.onnx')), 'invalid-model', `Expected JSON in '${at('config.json')}' beside the model`);
    mkdirSync(at('deep'));
    mkdirSync(at('deep', 'config.json'));
    await fails(sidecars(at('deep', 'm.onnx')), 'not-found', 'that is a folder');
  });

  it.skipIf(!posix)('refuses more than 8 MiB', async () => {
    writeFileSync(at('config.json'), '');
    truncateSync(at('config.json'), 2 ** 23 + 1);
    await fails(sidecars(at('m.onnx')), 'limit', 'at most 8388608 bytes');
  });
});

describe('readExternalData', () => {
  const read = (...locations: string[]) => readExternalData(at('models', 'm.onnx'), locations);
  beforeEach(() => {
    mkdirSync(at('models', 'sub'), { recursive: true });
    writeFileSync(at('models', 'w.bin'), Uint8Array.of(1));
    writeFileSync(at('models', 'sub', 'w.bin'), Uint8Array.of(2));
    writeFileSync(at('secret'), 'secret');
  });

  it('reads each file once, under the location of the model', async () => {
    expect(await read('w.bin', 'sub/w.bin', './w.bin', 'w.bin')).toEqual(
      new Map([
        ['w.bin', Uint8Array.of(1)],
        ['sub/w.bin', Uint8Array.of(2)],
        ['./w.bin', Uint8Array.of(1)],
      ]),
    );
    expect(await read()).toEqual(new Map());
  });

  it.each([
    '../secret',
    'sub/../../secret',
    'sub/../w.bin',
    '..\\secret',
    '/etc/passwd',
    'C:\\Windows\\win.ini',
    'C:win.ini',
    '\\\\host\\share\\file',
  ])('refuses %j, even where it would lead back', (location) => fails(read(location), 'invalid-model', 'leads out of its folder'));

  it.each(['', '  ', 'w.bin\0.txt', 'x'.repeat(5000)])('refuses what is no path (%#)', (location) =>
    fails(read(location), 'invalid-model', 'which is not a path'),
  );

  it('refuses folders, and says which file is missing', async () => {
    await fails(read('sub'), 'invalid-model', 'not a regular file');
    await fails(read('.'), 'invalid-model', 'leads out of its folder');
    await fails(read('gone.bin'), 'not-found', `keeps weights in 'gone.bin', but there is no '${at('models', 'gone.bin')}'`);
  });

  it.skipIf(!posix)('follows links inside of the folder, and none out of it', async () => {
    symlinkSync('w.bin', at('models', 'inside'));
    symlinkSync('../secret', at('models', 'outside'));
    symlinkSync('../..', at('models', 'sub', 'up'));
    symlinkSync('models', at('link'));
    expect(await read('inside')).toEqual(new Map([['inside', Uint8Array.of(1)]]));
    await fails(read('outside'), 'invalid-model', 'a link which leads out of its folder');
    await fails(read('sub/up/secret'), 'invalid-model', 'a link which leads out of its folder');
    // The folder itself may be reached by a link.
    expect((await readExternalData(at('link', 'm.onnx'), ['w.bin'])).size).toBe(1);
  });

  it.skipIf(!posix)('does not wait for a pipe', async () => {
    execFileSync('mkfifo', [at('models', 'pipe')]);
    await fails(read('pipe'), 'invalid-model', 'not a regular file');
  });

  it.skipIf(!posix)('refuses more bytes in all than the limit', async () => {
    for (const name of ['a', 'b']) {
      writeFileSync(at('models', name), '');
      truncateSync(at('models', name), name === 'a' ? 2 ** 32 + 1 : 1);
    }
    await fails(read('b', 'a'), 'limit', 'all together may have 4294967296');
    await fails(read(...Array.from({ length: 10_001 }, (_, index) => `f${index}`)), 'limit', 'in 10001 files');
  });
});
