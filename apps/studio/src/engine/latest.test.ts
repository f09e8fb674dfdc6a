import { describe, expect, it } from 'vitest';
import { Latest } from './latest.js';

/** Answers when it is told to. */
function asking() {
  const asked: { question: string; signal: AbortSignal; answer: (words: string) => void; fail: (error: Error) => void }[] = [];
  const heard: string[] = [];
  const failed: string[] = [];
  const busy: boolean[] = [];
  const latest = new Latest<string, string>({
    answer: (question, signal) =>
      new Promise((answer, fail) => {
        asked.push({ question, signal, answer, fail });
      }),
    heard: (answer, question) => heard.push(`${question}: ${answer}`),
    failed: (error, question) => failed.push(`${question}: ${String(error)}`),
    busy: (working) => busy.push(working),
  });
  return { latest, asked, heard, failed, busy };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the latest question wins', () => {
  it('asks one at a time and leaves out those that were overtaken while they waited', async () => {
    const { latest, asked, heard } = asking();
    for (const question of ['a', 'b', 'c', 'd']) latest.ask(question);
    expect(asked.map(({ question }) => question)).toEqual(['a']);
    asked[0]?.answer('1');
    await turn();
    expect(asked.map(({ question }) => question)).toEqual(['a', 'd']);
    asked[1]?.answer('2');
    await turn();
    expect(heard).toEqual(['d: 2']);
  });

  it('stops what was overtaken, and hears neither its answer nor its failure', async () => {
    const { latest, asked, heard, failed } = asking();
    latest.ask('a');
    latest.ask('b');
    expect(asked[0]?.signal.aborted).toBe(true);
    asked[0]?.fail(new Error('aborted'));
    await turn();
    expect(asked[1]?.signal.aborted).toBe(false);
    asked[1]?.answer('2');
    await turn();
    expect([heard, failed]).toEqual([['b: 2'], []]);
  });

  it('tells what failed, and answers the next', async () => {
    const { latest, asked, heard, failed } = asking();
    latest.ask('a');
    asked[0]?.fail(new Error('no'));
    await turn();
    latest.ask('b');
    asked[1]?.answer('2');
    await turn();
    expect([heard, failed]).toEqual([['b: 2'], ['a: Error: no']]);
  });

  it('drops what is not wanted any more, and says when it works', async () => {
    const { latest, asked, heard, busy } = asking();
    latest.ask('a');
    latest.ask('b');
    latest.drop();
    asked[0]?.answer('1');
    await turn();
    expect(asked).toHaveLength(1);
    expect(heard).toEqual([]);
    expect(busy).toEqual([true, false]);
  });
});
