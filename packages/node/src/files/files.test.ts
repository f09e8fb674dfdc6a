import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBytes } from './read.js';
import { writeFileAtomic } from './write.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradcam-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const fails = (run: Promise<unknown>, code: string, words: string) =>
  expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
const posix = process.platform !== 'win32';
const unprivileged = posix && process.getuid?.() !== 0;

describe('readBytes', () => {
  it('reads a file, with room behind it', async () => {
    const path = join(folder, 'a.bin');
    writeFileSync(path, 'hello');
    const bytes = await readBytes(path, { what: 'a thing', limit: 5, spare: 11 });
    expect(Buffer.from(bytes).toString()).toBe('hello');
    expect([bytes.byteOffset, bytes.length, bytes.buffer.byteLength]).toEqual([0, 5, 16]);
  });

  it('refuses what is longer than the limit, a stream too', async () => {
    const path = join(folder, 'a.bin');
    writeFileSync(path, 'hello');
    await fails(readBytes(path, { what: 'a thing', limit: 4, advice: 'cut it' }), 'limit', 'Expected a thing of at most 4 bytes, but');
    await fails(readBytes(path, { what: 'a thing', limit: 4, advice: 'cut it' }), 'limit', 'has 5 bytes; cut it.');
    if (posix) await fails(readBytes('/dev/zero', { what: 'a thing', limit: 1000 }), 'limit', "'/dev/zero' is longer");
  });

  it('says what is wrong with a path', async () => {
    writeFileSync(join(folder, 'model.onnx'), 'x');
    const read = (...names: string[]) => readBytes(join(folder, ...names), { what: 'a model', limit: 10 });
    await fails(read('modle.onnx'), 'not-found', `near it there is '${join(folder, 'model.onnx')}'`);
    await fails(read('zzzzzz'), 'not-found', 'there is no such file.');
    await fails(read('nowhere', 'model.onnx'), 'not-found', `nor a folder '${join(folder, 'nowhere')}'`);
    await fails(read(), 'not-found', 'that is a folder');
    await fails(read('model.onnx', 'below'), 'not-found', 'there is no such file');
    await fails(readBytes('a\0b', { what: 'a model', limit: 10 }), 'not-found', 'cannot be read');
  });

  it.skipIf(!unprivileged)('says that it may not read (skipped for the superuser)', async () => {
    const path = join(folder, 'secret');
    writeFileSync(path, 'x', { mode: 0 });
    await fails(readBytes(path, { what: 'a model', limit: 10 }), 'not-found', 'permission denied');
  });
});

describe('writeFileAtomic', () => {
  const bytes = Buffer.from('new');

  it('writes a file and leaves nothing else', async () => {
    const path = join(folder, 'out.png');
    await writeFileAtomic(path, bytes);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out.png']);
  });

  it.skipIf(!posix)('replaces a file and keeps its permissions, behind a link too', async () => {
    const path = join(folder, 'out.png');
    writeFileSync(path, 'old, and longer');
    chmodSync(path, 0o640);
    symlinkSync('out.png', join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), bytes);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(['link', 'out.png']);
  });

  it('takes names as long as the system has them', async () => {
    const name = 'x'.repeat(255);
    await writeFileAtomic(join(folder, name), bytes);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it.skipIf(!posix)('does not replace devices', async () => {
    await writeFileAtomic('/dev/null', bytes);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('says what is wrong with a path, and leaves nothing', async () => {
    mkdirSync(join(folder, 'sub'));
    await fails(
      writeFileAtomic(join(folder, 'nowhere', 'a.png'), bytes),
      'not-writable',
      `there is no folder '${join(folder, 'nowhere')}'`,
    );
    await fails(writeFileAtomic(join(folder, 'sub'), bytes), 'not-writable', 'that is a folder');
    await fails(writeFileAtomic(join(folder, 'y'.repeat(300)), bytes), 'not-writable', 'the name is too long');
    expect(readdirSync(folder)).toEqual(['sub']);
  });

  it.skipIf(!unprivileged)('says that it may not write (skipped for the superuser)', async () => {
    chmodSync(folder, 0o500);
    await fails(writeFileAtomic(join(folder, 'a.png'), bytes), 'not-writable', 'permission denied');
    chmodSync(folder, 0o700);
  });
});
