import { expect, it } from 'vitest';
import { Line } from './line.js';

/** A line whose runs end when they are told to. */
function heldLine(runs: number, most: number) {
  const begun: { readonly tasks: readonly string[]; readonly signal: AbortSignal; readonly end: (error?: Error) => void }[] = [];
  const line = new Line<string, string>({
    runs,
    most,
    group: ([first = '']) => first,
    run: (tasks, signal) =>
      new Promise((resolve, reject) => {
        begun.push({ tasks, signal, end: (error) => (error ? reject(error) : resolve(tasks.map((task) => task.toUpperCase()))) });
      }),
  });
  const never = new AbortController().signal;
  return { begun, line, submit: (task: string, signal = never) => line.submit(task, signal) };
}

/** Everything that follows by itself has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('who comes first is run at once; those who wait share the next run, as far as they can', async () => {
  const { begun, line, submit } = heldLine(1, 3);
  const results = ['a1', 'b1', 'a2', 'b2', 'b3', 'b4'].map((task) => submit(task));
  expect(begun.map(({ tasks }) => tasks)).toEqual([['a1']]);
  expect(line.waiting).toBe(5);
  for (let run = 0; run < 4; run++) {
    begun[run]?.end();
    await settled();
  }
  // b1 is the first that waits: it takes its like with it, three at most.
  expect(begun.map(({ tasks }) => tasks)).toEqual([['a1'], ['b1', 'b2', 'b3'], ['a2'], ['b4']]);
  expect(await Promise.all(results)).toEqual(['A1', 'B1', 'A2', 'B2', 'B3', 'B4']);
});

it('as many runs at once as are allowed', () => {
  const { begun, submit } = heldLine(2, 8);
  for (const task of ['a', 'b', 'c']) void submit(task);
  expect(begun.map(({ tasks }) => tasks)).toEqual([['a'], ['b']]);
});

it('what waits is given up at once; what runs is told when nobody wants any of it', async () => {
  const { begun, line, submit } = heldLine(1, 2);
  const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
  const results = [submit('a0'), submit('a1', first.signal), submit('a2', second.signal), submit('a3', third.signal)];
  const all = Promise.allSettled(results);
  third.abort(new Error('too long'));
  expect(line.waiting).toBe(2);
  begun[0]?.end();
  await settled();
  first.abort(new Error('gone'));
  expect(begun[1]?.signal.aborted).toBe(false);
  second.abort(new Error('gone, too'));
  expect(begun[1]?.signal.aborted).toBe(true);
  expect((await all).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual([
    'A0',
    'gone',
    'gone, too',
    'too long',
  ]);
  // The thread still computes: the run is over when it says so.
  void submit('a4');
  expect(begun.length).toBe(2);
  begun[1]?.end();
  await settled();
  expect(begun[2]?.tasks).toEqual(['a4']);
});

it('of a run that fails each is run alone: the fault is that of one', async () => {
  const { begun, submit } = heldLine(1, 8);
  const all = Promise.allSettled([submit('a0'), submit('a1'), submit('a2')]);
  begun[0]?.end();
  await settled();
  begun[1]?.end(new Error('one is bad'));
  await settled();
  begun[2]?.end(new Error('a1 is bad'));
  await settled();
  begun[3]?.end();
  expect(begun.map(({ tasks }) => tasks)).toEqual([['a0'], ['a1', 'a2'], ['a1'], ['a2']]);
  expect((await all).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual(['A0', 'a1 is bad', 'A2']);
});

it('a signal that was aborted before is not waited for', async () => {
  const { begun, submit } = heldLine(1, 1);
  await expect(submit('a', AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  expect(begun).toEqual([]);
});
