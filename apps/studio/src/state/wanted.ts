import { signal } from '@preact/signals';
import { DEFAULT_VIEW, type View } from './view.js';

/** The view of the address that the page was opened with, as long as its model or picture is missing: only the user has that, or may fetch it. */
export const wanted = signal<View | undefined>(undefined);

const noClasses = { class: undefined, other: undefined } as const;

/** The view that is shown while things are missing: bundled ones in their place, and no choices that were made for others. */
export function withBundled(asked: View, has: { readonly model: boolean; readonly picture: boolean }): View {
  const { picture, model } = DEFAULT_VIEW;
  return {
    ...asked,
    ...(!has.picture && { picture, ...noClasses }),
    ...(!has.model && { model, preprocess: undefined, layer: 'auto', ...noClasses }),
  };
}

/** What changes in the view when a model is opened: its choices start anew, unless the address made them for this very model. */
export function choicesForModel(key: string): Partial<View> {
  const asked = wanted.peek();
  if (asked?.model !== key) return { model: key, layer: 'auto', ...noClasses };
  came({ model: key });
  return { model: key, layer: asked.layer, class: asked.class, other: asked.other };
}

/** What changes in the view when a picture is shown: its most probable classes are explained, unless the address asks for others. */
export function choicesForPicture(key: string): Partial<View> {
  const asked = wanted.peek();
  if (asked?.picture !== key) return { picture: key, ...noClasses };
  came({ picture: key });
  // Classes are those of its model; where that is still missing they come along with it.
  if (wanted.peek() !== undefined) return { picture: key, ...noClasses };
  return { picture: key, class: asked.class, other: asked.other };
}

/** What came of what was asked for. */
interface Here {
  readonly asked: View;
  readonly model?: string;
  readonly picture?: string;
}

let here: Here | undefined;

/** Nothing is missing any more once both are there. What comes with the page is there from the beginning. */
function came(what: { readonly model?: string; readonly picture?: string }): void {
  const asked = wanted.peek();
  if (asked === undefined) return;
  here = { ...(here?.asked === asked ? here : { asked }), ...what };
  const hasModel = here.model === asked.model || asked.model === DEFAULT_VIEW.model;
  const hasPicture = here.picture === asked.picture || !asked.picture.startsWith('file:');
  if (hasModel && hasPicture) wanted.value = undefined;
}
