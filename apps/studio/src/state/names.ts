import { methods, model } from './store.js';

/** A class by its label, or `class 7` where nobody has named it. */
export function labelOf(index: number): string {
  return model.value?.labels[index] ?? `class ${index}`;
}

/** A label short enough for a title: the first of its synonyms. */
export function shortLabel(index: number): string {
  const label = labelOf(index);
  return label.split(',', 1).join('').trim() || label;
}

/** How titles write a method. */
export function titleOf(method: string): string {
  return methods.value.find(({ name }) => name === method)?.title ?? method;
}
