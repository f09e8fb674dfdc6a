import { computed, signal } from '@preact/signals';
import type { Answer, LayerFacts, MethodFacts, ModelFacts, Question } from '../engine/protocol.js';
import type { Problem } from '../engine/words.js';
import { view } from './view.js';

/** A picture as the page shows it. */
export interface Picture {
  /** Another one for each picture that was shown. */
  readonly id: number;
  /** What `view.picture` says of it. */
  readonly key: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** For drawing; a large picture is smaller here than it is. */
  readonly bitmap: ImageBitmap;
  /** One of a camera's frames. */
  readonly live: boolean;
}

/** A place of the page in which something can go wrong; the words are shown there. */
export type Place = 'picture' | 'model' | 'explanation' | 'download' | 'camera';

export const picture = signal<Picture | undefined>(undefined);
export const model = signal<ModelFacts | undefined>(undefined);
/** Name of a model that is being opened. */
export const opening = signal<string | undefined>(undefined);
/** Of the open model, once they are known. */
export const layers = signal<readonly LayerFacts[] | undefined>(undefined);
export const methods = signal<readonly MethodFacts[]>([]);
/** The latest answer. It stays while the next one is worked out: see `current`. */
export const answer = signal<Answer | undefined>(undefined);
export const busy = signal(false);
/** Of a slow method that is under way. */
export const progress = signal<{ readonly done: number; readonly total: number } | undefined>(undefined);
export const problems = signal<Readonly<Partial<Record<Place, Problem>>>>({});

export function setProblem(place: Place, problem: Problem | undefined): void {
  if (problem === problems.peek()[place]) return;
  const { [place]: _, ...others } = problems.peek();
  problems.value = problem === undefined ? others : { ...others, [place]: problem };
}

const asked = computed<Question | undefined>(() => {
  const [shown, open] = [picture.value, model.value];
  if (shown === undefined || open === undefined) return undefined;
  const { mode, class: first, other, layer, method } = view.value;
  const base = { model: open.id, picture: shown.id, layer, method };
  const classes = first === undefined ? [] : [first];
  if (mode === 'against') return { ...base, classes, against: other ?? 'next' };
  if (mode === 'one') return { ...base, classes };
  return { ...base, classes: first !== undefined && other !== undefined && first !== other ? [first, other] : classes, fill: 2 };
});

let latest: Question | undefined;

/** What the page asks now; undefined while there is no model or picture. It stays the same object while only its looks change, so that these ask nothing anew. */
export const question = computed<Question | undefined>(() => {
  if (JSON.stringify(asked.value) !== JSON.stringify(latest)) latest = asked.value;
  return latest;
});

/** Whether the answer is that to the question, and not to one before. */
export const current = computed(() => answer.value !== undefined && answer.value.question === question.value);

/** The class that is explained first, once it is known. */
export const explained = computed(() => answer.value?.evidence[0]?.class ?? view.value.class);

/** The answer, where it may be shown: it is of the open model, and of this picture, or of a frame of the camera just before. */
export const shownAnswer = computed(() => {
  const [latest, shown, open] = [answer.value, picture.value, model.value];
  if (latest === undefined || shown === undefined || latest.question.model !== open?.id) return undefined;
  return latest.question.picture === shown.id || shown.live ? latest : undefined;
});

/** A point of the picture at which somebody looks, as shares of its width and height. */
export const pointed = signal<{ readonly x: number; readonly y: number } | undefined>(undefined);
