import type { ComponentChildren } from 'preact';
import { lit } from './state.js';
import './formula.css';

/** The formula L = ReLU(Σₖ αₖ Aₖ), each of its parts a way to the step that explains it. */
export function Formula() {
  return (
    <div class="formula">
      <p class="formula-line">
        <Part step={7} says="L, the heatmap">
          <var>L</var>
        </Part>
        <span class="sign">=</span>
        <Part step={6} says="ReLU, what is below zero becomes zero">
          ReLU
        </Part>
        <span class="sign bracket">(</span>
        <Part step={5} says="Σk, the sum over all channels k">
          Σ<sub>k</sub>
        </Part>
        <Part step={3} says="αk, the weight of channel k">
          <var>α</var>
          <sub>k</sub>
        </Part>
        <span class="sign" aria-hidden="true">
          ·
        </span>
        <Part step={1} says="Ak, the feature map of channel k">
          <var>A</var>
          <sub>k</sub>
        </Part>
        <span class="sign bracket">)</span>
      </p>
      <p class="formula-line formula-where">
        <span class="sign">where</span>
        <span class="plain">
          <var>α</var>
          <sub>k</sub>
        </span>
        <span class="sign">=</span>
        <span class="plain">mean of</span>
        <Part step={2} says="∂y/∂Ak, the gradient of the score y with respect to the feature map">
          ∂<var>y</var>/∂<var>A</var>
          <sub>k</sub>
        </Part>
      </p>
    </div>
  );
}

function Part({ step, says, children }: { step: number; says: string; children: ComponentChildren }) {
  const on = () => {
    lit.value = step;
  };
  const off = () => {
    lit.value = undefined;
  };
  const go = () => {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    document.getElementById(`inside-step-${step}`)?.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
    on();
  };
  return (
    <button
      type="button"
      class={`part${lit.value === step ? ' lit' : ''}`}
      aria-label={`${says}: step ${step}`}
      onClick={go}
      onMouseEnter={on}
      onMouseLeave={off}
      onFocus={on}
      onBlur={off}
    >
      {children}
      <span class="step-number" data-step={step} />
    </button>
  );
}

/** One step of the reading order: a number, what is seen, and why. */
export function Step({ step, title, children }: { step: number; title: ComponentChildren; children: ComponentChildren }) {
  return (
    <li id={`inside-step-${step}`} class={`step${lit.value === step ? ' lit' : ''}`} value={step}>
      <h4>
        <span class="step-number" aria-hidden="true">
          {step}
        </span>
        {title}
      </h4>
      <p>{children}</p>
    </li>
  );
}
