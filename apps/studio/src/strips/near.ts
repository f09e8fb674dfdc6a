import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** Whether an element is on the screen, or soon will be: what nobody sees need not be worked out. */
export function useNear(element: RefObject<HTMLElement | null>): ReadonlySignal<boolean> {
  const near = useSignal(false);
  useEffect(() => {
    if (element.current === null) return;
    const watching = new IntersectionObserver(
      (entries) => {
        near.value = entries.at(-1)?.isIntersecting ?? false;
      },
      { rootMargin: '400px' },
    );
    watching.observe(element.current);
    return () => watching.disconnect();
  }, [element, near]);
  return near;
}
