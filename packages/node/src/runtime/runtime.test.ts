import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GradcamError, type Runtime } from '@gradcam/core';
import { describe, expect, it } from 'vitest';
import { runtimeContract } from '../../../ort/src/testing/contract.js';
import { tinyModel } from '../../../ort/src/testing/onnx.js';
import { loadNative, nodeRuntime } from './native.js';
import { openRuntime } from './open.js';
import { wasmRuntime } from './wasm.js';

const native = await loadNative().catch(() => undefined);

if (native === undefined) {
  describe.skip('onnxruntime-node has no native library on this platform');
} else {
  runtimeContract('onnxruntime-node', () => nodeRuntime({ threads: 1 }));
}
runtimeContract('onnxruntime-web in Node.js', () => wasmRuntime({ threads: 1 }));

describe('weights in a folder', () => {
  const SIZE = 2_500_000_000;

  it.skipIf(native === undefined || process.platform === 'win32')('of more than 2 GiB are mapped into memory, not read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gradcam-weights-'));
    try {
      // A sparse file: zeros that take no space on the disk, and a last byte.
      writeFileSync(join(folder, 'w.bin'), '');
      truncateSync(join(folder, 'w.bin'), SIZE - 1);
      appendFileSync(join(folder, 'w.bin'), Uint8Array.of(7));
      const model = tinyModel({
        nodes: [{ op: 'Gather', inputs: ['w', 'places'], outputs: ['y'] }],
        inputs: { places: { type: 'int64', dims: [2] } },
        outputs: { y: { type: 'uint8', dims: [2] } },
        constants: { w: { type: 'uint8', dims: [SIZE], data: { location: 'w.bin' } } },
      });
      const before = process.memoryUsage.rss();
      const session = await (await nodeRuntime({ threads: 1 })).open(model, { externalFolder: folder });
      const places = { type: 'int64', dims: [2], data: BigInt64Array.of(0n, BigInt(SIZE - 1)) } as const;
      expect((await session.run({ places })).y?.data).toEqual(Uint8Array.of(0, 7));
      await session.close();
      expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 29);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a device', () => {
  it.skipIf(native === undefined)('that this build does not have is refused with those it has', async () => {
    await expect(nodeRuntime({ device: 'abacus' })).rejects.toMatchObject({
      code: 'runtime',
      message: expect.stringMatching(/'abacus'.*which has .*cpu/),
    });
  });

  const absent = native?.listSupportedBackends().find(({ name, bundled }) => name === 'cuda' && !bundled);
  it.skipIf(absent === undefined)('that is listed but does not start is refused, not replaced', async () => {
    const opened = await nodeRuntime({ device: 'cuda' }).catch((error: unknown) => error);
    if (!(opened instanceof GradcamError)) return; // A machine with CUDA installed: nothing to refuse.
    expect(opened.code).toBe('runtime');
    expect(opened.message).toMatch(/^The device 'cuda' does not start \(.+\): .+CUDA 12.+$/);
  });
});

describe('openRuntime', () => {
  const runtime = (name: string): Runtime => ({ name, open: () => Promise.reject(new Error('not in this test')) });
  const wasm = async () => runtime('wasm');
  const fails = async () => {
    throw new GradcamError('runtime', 'no library');
  };

  it('prefers the native library', async () => {
    expect((await openRuntime({}, { native: async () => runtime('native'), wasm })).name).toBe('native');
  });

  it.each([undefined, 'cpu'])('computes by WebAssembly where the native library is missing (device %s)', async (device) => {
    expect((await openRuntime(device === undefined ? {} : { device }, { native: fails, wasm })).name).toBe('wasm');
  });

  it('never replaces another device', async () => {
    await expect(openRuntime({ device: 'cuda' }, { native: fails, wasm })).rejects.toThrow('no library');
  });

  it('passes the device and the number of threads on', async () => {
    const native = async (options?: object) => runtime(JSON.stringify(options));
    expect((await openRuntime({ device: 'cuda', threads: 3 }, { native, wasm })).name).toBe('{"device":"cuda","threads":3}');
  });
});
