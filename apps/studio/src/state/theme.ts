import { signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const KEY = 'gradcam-theme';
const darkSystem = matchMedia('(prefers-color-scheme: dark)');

function kept(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    // Storage may be forbidden; then the system's theme it is.
    return undefined;
  }
}

const chosen = signal(kept());
const system = signal<Theme>(darkSystem.matches ? 'dark' : 'light');

/** What the page looks like: as was chosen on this device, else as the system. */
export function theme(): Theme {
  return chosen.value ?? system.value;
}

export function chooseTheme(value: Theme): void {
  chosen.value = value;
  document.documentElement.dataset['theme'] = value;
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // It holds until the page is left.
  }
}

darkSystem.addEventListener('change', ({ matches }) => {
  system.value = matches ? 'dark' : 'light';
});
if (chosen.peek() !== undefined) document.documentElement.dataset['theme'] = chosen.peek();
