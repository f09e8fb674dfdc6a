import { effect } from '@preact/signals';
import { viewFromHash, viewToHash } from './url.js';
import { view } from './view.js';

/** Browsers let a page rewrite its address only so often. */
const WAIT = 150;

/** The address follows the view. What the address asks for is read by whoever starts the page: see `viewFromHash`. */
export function startWriting(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let first = true;
  effect(() => {
    const hash = viewToHash(view.value);
    if (first) {
      first = false;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      const { pathname, search } = location;
      history.replaceState(history.state, '', `${pathname}${search}${hash === '' ? '' : `#${hash}`}`);
    }, WAIT);
  });
  // Somebody edited the address or followed a link to another view: the page begins anew, as everything may differ.
  addEventListener('hashchange', () => {
    if (viewToHash(viewFromHash(location.hash)) !== viewToHash(view.peek())) location.reload();
  });
}
