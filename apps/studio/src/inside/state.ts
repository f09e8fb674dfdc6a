import { contributionShares, sumOfContributions } from '@gradcam/core';
import { computed, signal } from '@preact/signals';
import { engine } from '../engine/client.js';
import type { InsideAnswer, InsideQuestion } from '../engine/inside.js';
import { Latest } from '../engine/latest.js';
import { type Problem, problemOf } from '../engine/words.js';
import { answer, current, model, picture } from '../state/store.js';
import { view } from '../state/view.js';
import { type Grid, type Order, orderOf } from './take-apart.js';

/** The parts of the Grad-CAM that is shown; those before it stay until the next are there. */
export const inside = signal<InsideAnswer | undefined>(undefined);
export const insideProblem = signal<Problem | undefined>(undefined);
export const insideBusy = signal(false);

/** How the channels are ordered, and how many of them are listed. */
export const order = signal<Order>('weight');
export const LISTED = 8;
export const listed = signal(LISTED);
/** The position of the layer's grid that was chosen, and the one under the pointer. */
export const chosen = signal<number | undefined>(undefined);
export const pointed = signal<number | undefined>(undefined);
/** The position that is looked at. */
export const position = computed(() => pointed.value ?? chosen.value);
/** The channel whose contribution is drawn on the picture. */
export const channel = signal<number | undefined>(undefined);
/** How many channels are summed, in their order; undefined: all. */
export const summed = signal<number | undefined>(undefined);
/** The step of the formula that is lit. */
export const lit = signal<number | undefined>(undefined);

export const shares = computed(() => (inside.value === undefined ? new Float64Array() : contributionShares(inside.value.parts)));

/** Channels in their order. While the pointer moves, only an order by position follows it. */
export const ordered = computed(() => {
  const parts = inside.value?.parts;
  if (parts === undefined) return [];
  return orderOf(parts, shares.value, order.value, order.value === 'here' ? position.value : undefined);
});

/** Σ αₖAₖ of the channels that are summed, before ReLU. */
export const sum = computed(() => {
  const parts = inside.value?.parts;
  if (parts === undefined) return undefined;
  return summed.value === undefined ? parts.map : sumOfContributions(parts, ordered.value.slice(0, summed.value));
});

/** The layer's grid on the picture. */
export const grid = computed<Grid | undefined>(() => {
  const [shown, drawn] = [inside.value, picture.value];
  if (shown === undefined || drawn?.id !== shown.question.picture) return undefined;
  const { width, height } = shown.parts.map;
  return { width, height, placement: shown.placement, input: shown.input, picture: drawn };
});

/** How people call the class, and the one it is held against. */
export const names = computed(() => {
  const asked = inside.value?.question;
  const labels = model.value?.labels ?? [];
  const named = (index: number | undefined) => (index === undefined ? undefined : (labels[index] ?? `class ${index}`));
  return { class: named(asked?.class) ?? '', against: named(asked?.against) };
});

/** Which of two classes that are shown side by side is taken apart. */
export const which = signal(0);

/** What is to be taken apart: what the heatmap explains, unless a camera is on. */
export const insideQuestion = computed<InsideQuestion | undefined>(() => {
  const { [which.value]: first = answer.value?.evidence[0] } = answer.value?.evidence ?? [];
  if (!current.value || first === undefined || answer.value === undefined || picture.value?.live) return undefined;
  const { model: open, picture: shown } = answer.value.question;
  return { model: open, picture: shown, class: first.class, against: first.against, layer: view.value.layer };
});

/** Asks for the parts; the same question is asked once. */
const asking = new Latest<InsideQuestion, InsideAnswer>({
  answer: (asked) => engine.inside(asked),
  heard: (heard) => {
    const before = inside.peek()?.parts.map;
    const { width, height } = heard.parts.map;
    // Positions and numbers of channels belong to a layer.
    if (before === undefined || before.width !== width || before.height !== height || inside.peek()?.parts.layer !== heard.parts.layer) {
      chosen.value = undefined;
      pointed.value = undefined;
      summed.value = undefined;
      channel.value = undefined;
      listed.value = LISTED;
    }
    inside.value = heard;
    insideProblem.value = undefined;
  },
  failed: (error) => {
    const problem = problemOf(error);
    if (problem.code !== 'aborted') insideProblem.value = problem;
  },
  busy: (working) => {
    insideBusy.value = working;
  },
});

let last = '';

export function askInside(question: InsideQuestion): void {
  const key = JSON.stringify(question);
  if (key === last && insideProblem.peek() === undefined) return;
  last = key;
  asking.ask(question);
}
