import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icons.js';

/** A button that shows a few more. Escape, a click elsewhere and the choice of one of them hide them again. */
export function Menu({ label, icon, children }: { readonly label: string; readonly icon: IconName; readonly children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const elsewhere = ({ target }: Event) => {
      if (target instanceof Node && root.current?.contains(target) === false) setOpen(false);
    };
    const leave = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener('pointerdown', elsewhere);
    const chosen = ({ target }: Event) => {
      if (target instanceof Element && panel.current?.contains(target)) setOpen(false);
    };
    document.addEventListener('click', chosen);
    document.addEventListener('focusin', elsewhere);
    document.addEventListener('keydown', leave);
    return () => {
      document.removeEventListener('pointerdown', elsewhere);
      document.removeEventListener('click', chosen);
      document.removeEventListener('focusin', elsewhere);
      document.removeEventListener('keydown', leave);
    };
  }, [open]);
  return (
    <div class="menu" ref={root}>
      <button ref={button} type="button" class="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <Icon name={icon} />
        {label}
      </button>
      <div ref={panel} id={id} class="menu-panel" hidden={!open}>
        {children}
      </div>
    </div>
  );
}
