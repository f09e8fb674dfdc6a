import { chooseTheme, theme } from '../state/theme.js';
import { Icon } from './icons.js';

export function Header() {
  const dark = theme() === 'dark';
  return (
    <header class="header">
      <h1>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect x="1" y="1" width="30" height="30" rx="8" class="logo-ground" />
          <circle cx="19" cy="18" r="9" class="logo-outer" />
          <circle cx="19.5" cy="18.5" r="5.6" class="logo-middle" />
          <circle cx="20" cy="19" r="2.6" class="logo-inner" />
        </svg>
        Grad-CAM Studio
      </h1>
      <p class="promise quiet small">
        <Icon name="lock" />
        Pictures and models stay on this device
      </p>
      <button type="button" class="button bare" aria-pressed={dark} onClick={() => chooseTheme(dark ? 'light' : 'dark')}>
        <Icon name={dark ? 'moon' : 'sun'} />
        <span>Dark theme</span>
      </button>
    </header>
  );
}
