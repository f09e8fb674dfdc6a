import type { Explainer } from '@gradcam/core';
import { openNetwork } from '@gradcam/jobs';
import type { ServedModel } from '../served.js';
import { draw } from '../stages/draw.js';
import { explainAll } from '../stages/explain.js';
import { read } from '../stages/read.js';
import type { Engine, EngineOptions } from './engine.js';
import { Lines } from './lines.js';

/** All in this thread: for tests, and where there are no threads. */
export async function engineHere(models: readonly ServedModel[], options: EngineOptions): Promise<Engine> {
  const explainers: Explainer[] = [];
  const lines = new Lines({ ...options, networks: 1 });
  for (const model of models) {
    const explainer = await openNetwork(model.job);
    explainers.push(explainer);
    lines.add(model, (...asked) => explainAll(explainer, ...asked));
  }
  return {
    read: (reading) => read(reading),
    draw: (drawing) => draw(drawing),
    explain: (...asked) => lines.explain(...asked),
    waiting: (model) => lines.waiting(model),
    close: async () => {
      for (const explainer of explainers) await explainer.close();
    },
  };
}
