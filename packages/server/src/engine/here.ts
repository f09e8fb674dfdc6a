import type { Explainer } from '@gradcam/core';
import { openNetwork } from '@gradcam/jobs';
import type { ServedModel } from '../served.js';
import { draw } from '../stages/draw.js';
import { explainAll } from '../stages/explain.js';
import { read } from '../stages/read.js';
import { type Asking, type Engine, groupOf } from './engine.js';
import { Line } from './line.js';
import type { EngineOptions } from './threads.js';

/** All in this thread: for tests, and where there are no threads. */
export async function engineHere(models: readonly ServedModel[], { batch, observe }: EngineOptions): Promise<Engine> {
  const explainers = new Map<string, Explainer>();
  const lines = new Map<string, Line<Asking, Awaited<ReturnType<typeof explainAll>>[number]>>();
  for (const { name, job, batches } of models) {
    const explainer = await openNetwork(job);
    explainers.set(name, explainer);
    const run = async (asked: readonly Asking[], signal: AbortSignal) => {
      const question = asked[0]?.question;
      if (question === undefined) return [];
      const begin = performance.now();
      const answers = await explainAll(
        explainer,
        asked.map(({ tensor }) => tensor),
        question,
        signal,
      );
      observe?.(name, asked.length, (performance.now() - begin) / 1000);
      return answers;
    };
    lines.set(name, new Line({ runs: 1, most: batches ? batch : 1, group: groupOf, run }));
  }
  const lineOf = ({ name }: ServedModel) => {
    const line = lines.get(name);
    if (line === undefined) throw new Error(`there is no model '${name}'`);
    return line;
  };
  return {
    read: (reading) => read(reading),
    draw: (drawing) => draw(drawing),
    explain: (model, asking, signal) => lineOf(model).submit(asking, signal),
    waiting: (model) => lineOf(model).waiting,
    close: async () => {
      for (const explainer of explainers.values()) await explainer.close();
    },
  };
}
