import { effect } from '@preact/signals';
import { engine, explain } from '../engine/client.js';
import { Latest } from '../engine/latest.js';
import type { Answer, Question } from '../engine/protocol.js';
import { problemOf } from '../engine/words.js';
import { answer, busy, layers, methods, model, progress, question, setProblem } from './store.js';
import { change, DEFAULT_VIEW } from './view.js';

const explanations = new Latest<Question, Answer>({
  answer: (asked, signal) => {
    progress.value = undefined;
    return explain(asked, signal, (done, total) => {
      if (!signal.aborted) progress.value = { done, total };
    });
  },
  heard: (answered, asked) => {
    // What came back from the worker is a copy of the question.
    answer.value = { ...answered, question: asked };
    progress.value = undefined;
    setProblem('explanation', undefined);
  },
  failed: (error) => {
    progress.value = undefined;
    const problem = problemOf(error);
    // The engine has another model or picture by now, of which the page hears in a moment.
    if (problem.code !== 'aborted') setProblem('explanation', problem);
  },
  busy: (working) => {
    busy.value = working;
  },
});

/** Stops the explanation that is under way, and goes back to the method and layer of the last one. */
export function stopExplaining(): void {
  explanations.drop();
  progress.value = undefined;
  const { method, layer } = answer.peek()?.question ?? DEFAULT_VIEW;
  change({ method, layer });
}

/** From now on the page's question is asked whenever it changes. */
export function startAsking(): void {
  effect(() => {
    const asked = question.value;
    if (asked !== undefined) explanations.ask(asked);
  });
  effect(() => {
    const id = model.value?.id;
    layers.value = undefined;
    if (id === undefined) return;
    engine.layers(id).then(
      (listed) => {
        if (model.peek()?.id === id) layers.value = listed;
      },
      // Whoever explains says why there is no layer.
      () => {},
    );
  });
  void engine.methods().then((listed) => {
    methods.value = listed;
  });
}
