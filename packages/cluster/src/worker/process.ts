import { failureOf } from '@gradcam/core';
import { classFinder, explainPicture, type OpenStages, openStages } from '@gradcam/jobs';
import { type StageTime, timedStages } from '../telemetry/stages.js';
import type { Timed } from '../telemetry/traces.js';
import type { Answer, Opening, Question } from './messages.js';

// The process of one run. A picture that crashes it, fills its memory or never ends takes nothing else along: the worker, which holds the chunks, starts another.
let opened: (OpenStages & { readonly explain: (question: Extract<Question, { item: unknown }>) => Promise<Timed> }) | undefined;

async function open({ job, folder, threads }: Opening): Promise<number> {
  const open = await openStages(job, folder, threads);
  const find = classFinder(job);
  const explain = async ({ item }: Extract<Question, { item: unknown }>): Promise<Timed> => {
    const times: StageTime[] = [];
    return { result: await explainPicture(timedStages(open.stages, times), job, find, item), times };
  };
  opened = { ...open, explain };
  return open.room;
}

process.on('message', async (question: Question) => {
  const { id } = question;
  let answer: Answer;
  try {
    if ('open' in question) answer = { id, value: await open(question.open) };
    else if (opened === undefined) throw new Error('a picture came before its run');
    else answer = { id, value: await opened.explain(question) };
  } catch (error) {
    answer = { id, error: failureOf(error) };
  }
  if (process.connected) process.send?.(answer);
});

// The worker says when to stop; a terminal tells all of its processes.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// Without the worker nobody waits for answers. A thread may hang in a file that never ends: no gentler signal is heard then.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
