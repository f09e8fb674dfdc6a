import { effect } from '@preact/signals';
import { engine, explain } from '../engine/client.js';
import { Latest } from '../engine/latest.js';
import type { Answer, Question } from '../engine/protocol.js';
import { problemOf } from '../engine/words.js';
import { answer, busy, layers, methods, model, progress, question, setProblem, shownAnswer } from './store.js';
import { change, DEFAULT_VIEW, view } from './view.js';

/** Whether what is worked out is not what was asked for, and the words that say why are to stay. */
let instead = false;

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
    if (!instead) setProblem('explanation', undefined);
    instead = false;
  },
  failed: (error) => {
    progress.value = undefined;
    const problem = problemOf(error);
    // The engine has another model or picture by now, of which the page hears in a moment.
    if (problem.code === 'aborted') return;
    setProblem('explanation', problem);
    // A layer or method of the address that this model does not have: the first view is shown beside the words.
    if (shownAnswer.peek() !== undefined) return;
    const { layer, method } = DEFAULT_VIEW;
    instead = view.peek().layer !== layer || view.peek().method !== method;
    change({ layer, method });
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
  let listed: number | undefined;
  effect(() => {
    const id = model.value?.id;
    if (id !== listed) layers.value = undefined;
    // The heatmap comes first.
    if (id === undefined || id === listed || busy.value) return;
    listed = id;
    engine.layers(id).then(
      (found) => {
        if (model.peek()?.id === id) layers.value = found;
      },
      // Whoever explains says why there is no layer.
      () => {},
    );
  });
  void engine.methods().then((all) => {
    methods.value = all;
  });
}
