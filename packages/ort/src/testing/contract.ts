import { GradcamError, type Runtime, type Tensor, type TensorData } from '@gradcam/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TinyModel, tinyModel } from './onnx.js';

/** y = 2x, s = the sum of y over all axes; both outputs by name alone, as appended ones are. */
const DOUBLE: TinyModel = {
  nodes: [
    { op: 'Mul', inputs: ['x', 'two'], outputs: ['y'] },
    { op: 'ReduceSum', inputs: ['y'], outputs: ['s'] },
  ],
  inputs: { x: { type: 'float32', dims: ['batch', 3] } },
  outputs: { y: undefined, s: undefined },
  constants: { two: { type: 'float32', dims: [], data: bytes(new Float32Array([2])) } },
};

function identity(type: Tensor['type']): TinyModel {
  return {
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    inputs: { x: { type, dims: ['n'] } },
    outputs: { y: { type, dims: ['n'] } },
  };
}

const float32 = (dims: readonly number[], data: readonly number[]): Tensor => ({ type: 'float32', dims, data: new Float32Array(data) });

/** What every Runtime must do, asserted through its interface alone. */
export function runtimeContract(title: string, create: () => Promise<Runtime>): void {
  describe(`${title} keeps the contract of a Runtime`, () => {
    let runtime: Runtime;
    const open = async (model: TinyModel, options?: Parameters<Runtime['open']>[1]) => runtime.open(tinyModel(model), options);
    beforeAll(async () => {
      runtime = await create();
    });

    it('names itself with its version and device', () => {
      expect(runtime.name).toMatch(/^onnxruntime-(node|web) \d+\.\d+\.\d+ \(.+\)$/);
    });

    describe('a session', () => {
      let session: Awaited<ReturnType<Runtime['open']>>;
      beforeAll(async () => {
        session = await open(DOUBLE);
      });
      afterAll(() => session.close());

      it('tells inputs and outputs, symbols by name, types of untyped outputs inferred', () => {
        expect(session.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['batch', 3] }]);
        expect(session.outputs[0]).toEqual({ name: 'y', type: 'float32', dims: ['batch', 3] });
      });

      it('computes y = 2x and the sum', async () => {
        const { y, s } = await session.run({ x: float32([2, 3], [1, 2, 3, 4, 5, -6]) });
        expect(y).toEqual(float32([2, 3], [2, 4, 6, 8, 10, -12]));
        expect(s?.data).toEqual(Float32Array.of(18));
      });

      it('returns only what is fetched', async () => {
        expect(Object.keys(await session.run({ x: float32([1, 3], [1, 2, 3]) }, ['s']))).toEqual(['s']);
        expect(await session.run({ x: float32([1, 3], [1, 2, 3]) }, [])).toEqual({});
      });

      it('gives results that a later run leaves alone', async () => {
        const first = await session.run({ x: float32([1, 3], [1, 2, 3]) });
        await session.run({ x: float32([1, 3], [7, 8, 9]) });
        expect(first.y).toEqual(float32([1, 3], [2, 4, 6]));
      });

      it('runs an empty batch', async () => {
        expect((await session.run({ x: float32([0, 3], []) }, ['y'])).y).toEqual(float32([0, 3], []));
      });

      it.each<[string, Record<string, Tensor>, string[] | undefined, string]>([
        ['a missing input', {}, undefined, "needs its input 'x'"],
        ['an unknown input', { x: float32([1, 3], [1, 2, 3]), z: float32([1], [1]) }, undefined, "no input 'z'; its inputs are 'x'"],
        ['an unknown output', { x: float32([1, 3], [1, 2, 3]) }, ['q'], "no output 'q'; its outputs are 'y', 's'"],
        ['a wrong size', { x: float32([1, 4], [1, 2, 3, 4]) }, undefined, 'input: x for the following indices index: 1 Got: 4 Expected: 3'],
        ['a wrong rank', { x: float32([3], [1, 2, 3]) }, undefined, 'input: x Got: 1 Expected: 2'],
        ['a wrong type', { x: { type: 'float64', dims: [1, 3], data: new Float64Array(3) } }, undefined, 'tensor(double)'],
        ['data shorter than its shape', { x: float32([2, 3], [1]) }, undefined, "input 'x' (float32 [2, 3])"],
      ])('refuses %s in one line', async (_, feeds, fetches, words) => {
        const error = await session.run(feeds, fetches).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: 'runtime', message: expect.stringContaining(words) });
        expect(String(error)).not.toMatch(/\n|\/onnxruntime|_work/);
      });
    });

    it.each<[Tensor['type'], TensorData]>([
      ['float32', Float32Array.of(9, 1.5, -0)],
      ['float64', Float64Array.of(9, Math.PI, -1e300)],
      ['float16', Uint16Array.of(9, 0x3c00, 0xc000)],
      ['int8', Int8Array.of(9, -128, 127)],
      ['uint8', Uint8Array.of(9, 0, 255)],
      ['int16', Int16Array.of(9, -32768, 32767)],
      ['uint16', Uint16Array.of(9, 0, 65535)],
      ['int32', Int32Array.of(9, -(2 ** 31), 2 ** 31 - 1)],
      ['uint32', Uint32Array.of(9, 0, 2 ** 32 - 1)],
      ['int64', BigInt64Array.of(9n, -(2n ** 63n), 2n ** 63n - 1n)],
      ['uint64', BigUint64Array.of(9n, 0n, 2n ** 64n - 1n)],
      ['bool', Uint8Array.of(1, 0, 1)],
    ])('passes %s through bit by bit, from the middle of a buffer', async (type, data) => {
      const session = await open(identity(type));
      const part = data.subarray(1);
      expect((await session.run({ x: { type, dims: [2], data: part } })).y).toEqual({ type, dims: [2], data: part });
      await session.close();
    });

    it('refuses element types that JavaScript cannot be handed', async () => {
      await expect(open(identity('bfloat16'))).rejects.toMatchObject({ code: 'runtime', message: expect.stringContaining('bfloat16') });
    });

    it('refuses strings with the name of the value', async () => {
      const session = await open(identity('string'));
      const run = session.run({ x: { type: 'string', dims: [1], data: new Uint8Array(1) } });
      await expect(run).rejects.toMatchObject({ code: 'invalid-tensor', message: expect.stringContaining("'x'") });
      await session.close();
    });

    it('leaves an unknown rank unknown, and an unknown size empty', async () => {
      const session = await open({
        nodes: [
          { op: 'Relu', inputs: ['x'], outputs: ['y'] },
          { op: 'Relu', inputs: ['u'], outputs: ['v'] },
        ],
        inputs: { x: { type: 'float32' }, u: { type: 'float32', dims: ['', 4] } },
        outputs: { y: undefined, v: undefined },
      });
      expect(session.inputs.map(({ dims }) => dims)).toEqual([undefined, ['', 4]]);
      expect(session.outputs.map(({ dims }) => dims)).toEqual([undefined, ['', 4]]);
      await session.close();
    });

    it.each(['weights.bin', 'folder/weights.bin'])('takes weights from %s beside the model', async (location) => {
      const model: TinyModel = {
        nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
        inputs: { x: { type: 'float32', dims: [2] } },
        outputs: { y: { type: 'float32', dims: [2] } },
        constants: { w: { type: 'float32', dims: [2], data: { location } } },
      };
      const session = await open(model, { externalData: new Map([[location, bytes(new Float32Array([10, 20]))]]) });
      expect((await session.run({ x: float32([2], [1, 2]) })).y).toEqual(float32([2], [11, 22]));
      await session.close();
      await expect(open(model)).rejects.toMatchObject({ code: 'runtime', message: expect.stringContaining('weights.bin') });
    });

    it.each(['disabled', 'basic', 'extended', 'all'] as const)(
      'opens with optimisation %s, and bytes that change afterwards',
      async (optimization) => {
        const model = tinyModel(DOUBLE);
        const session = await runtime.open(model, { optimization, threads: 1 });
        model.fill(0);
        expect((await session.run({ x: float32([1, 3], [1, 2, 3]) }, ['y'])).y).toEqual(float32([1, 3], [2, 4, 6]));
        await session.close();
      },
    );

    it('opens a model that lies in the middle of a buffer', async () => {
      const model = tinyModel(DOUBLE);
      const roomy = new Uint8Array(model.length + 100).fill(0xff);
      roomy.set(model, 50);
      const session = await runtime.open(roomy.subarray(50, 50 + model.length));
      expect((await session.run({ x: float32([1, 3], [1, 2, 3]) }, ['y'])).y).toEqual(float32([1, 3], [2, 4, 6]));
      await session.close();
    });

    it.each<[string, () => Uint8Array, string]>([
      ['no model', () => new TextEncoder().encode('not a model at all'), 'protobuf parsing failed'],
      [
        'an operator it does not know',
        () => tinyModel({ ...identity('float32'), nodes: [{ op: 'Frob', inputs: ['x'], outputs: ['y'] }] }),
        'No Op registered for Frob',
      ],
      ['a newer opset', () => tinyModel({ ...identity('float32'), opset: 99 }), 'Opset 99 is under development'],
      [
        'a dangling input',
        () => tinyModel({ ...identity('float32'), nodes: [{ op: 'Relu', inputs: ['nope'], outputs: ['y'] }] }),
        "'nope' is not a graph input",
      ],
    ])('refuses %s in one line', async (_, model, words) => {
      const error = await runtime.open(model()).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(GradcamError);
      expect(error).toMatchObject({ code: 'runtime', message: expect.stringContaining(words) });
      expect(String(error)).not.toMatch(/\n|\/onnxruntime|_work|ERROR_CODE/);
    });

    it('reports a failure inside a run with the words of the runtime', async () => {
      const session = await open({
        nodes: [{ op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'], name: 'reshape_1' }],
        inputs: { x: { type: 'float32', dims: ['n'] } },
        outputs: { y: { type: 'float32', dims: ['a', 'b'] } },
        constants: { shape: { type: 'int64', dims: [2], data: bytes(BigInt64Array.of(2n, 3n)) } },
      });
      const error = await session.run({ x: float32([4], [1, 2, 3, 4]) }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'runtime', message: expect.stringContaining('Input shape:{4}, requested shape:{2,3}') });
      expect(String(error)).not.toMatch(/\n|\/onnxruntime|_work|ERROR_CODE|ReshapeHelper/);
      await session.close();
    });

    it('says that a closed session is closed, however often it was', async () => {
      const session = await open(DOUBLE);
      await session.close();
      await session.close();
      await expect(session.run({ x: float32([1, 3], [1, 2, 3]) })).rejects.toMatchObject({
        code: 'runtime',
        message: expect.stringContaining('closed'),
      });
    });
  });
}

function bytes(array: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer);
}
