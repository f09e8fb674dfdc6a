import { type ChannelParts, type Heatmap, placeHeatmap, scalePlacement } from '@gradcam/core';
import { useEffect, useRef } from 'preact/hooks';
import { paint } from '../heatmap/paint.js';
import { picture } from '../state/store.js';
import { view } from '../state/view.js';
import { MapCanvas } from './map-canvas.js';
import { grid, lit, ordered, shares, sum, summed } from './state.js';
import { largest, percent, positive, shareOf, toUnit } from './take-apart.js';
import './sum.css';

/** Longer side of the small heatmap. */
const SIDE = 480;

/** Steps 5 to 7: the sum of the first n channels, before and after ReLU, and over the picture. */
export function Sum({ parts }: { parts: ChannelParts }) {
  const map = sum.value;
  if (map === undefined) return null;
  const total = parts.weights.length;
  const count = summed.value ?? total;
  // The scale is that of all channels as long as a part of them stays within it.
  const most = Math.max(largest([parts.map]), largest([map]));
  const behind = positive(map);
  const evident = behind.data.some((value) => value > 0);
  const share = percent(shareOf(shares.value, ordered.value.slice(0, count)));
  const figure = (step: number) => `stage${lit.value === step ? ' lit' : ''}`;
  return (
    <div class="sum">
      <div class="slider first-n">
        <label for="inside-first">With the first n channels only</label>
        <output for="inside-first">
          <strong>
            {count} of {total}
          </strong>{' '}
          channels, {share} of all contributions
        </output>
        <input
          id="inside-first"
          type="range"
          min={1}
          max={total}
          value={count}
          aria-valuetext={`${count} of ${total} channels, ${share} of all contributions`}
          onInput={({ currentTarget }) => {
            const wanted = currentTarget.valueAsNumber;
            summed.value = wanted >= total ? undefined : wanted;
          }}
        />
      </div>
      <div class="stages">
        <figure class={figure(5)}>
          <MapCanvas map={map} most={most} ink="signed" label="The sum of the contributions, before ReLU" />
          <figcaption>
            Σ<sub>k</sub> <var>α</var>
            <sub>k</sub>
            <var>A</var>
            <sub>k</sub>
          </figcaption>
        </figure>
        <span class="arrow" aria-hidden="true">
          →
        </span>
        <figure class={figure(6)}>
          <MapCanvas map={behind} most={most} ink="signed" label="The sum behind ReLU: nothing below zero" />
          <figcaption>ReLU</figcaption>
        </figure>
        <span class="arrow" aria-hidden="true">
          →
        </span>
        <figure class={figure(7)}>
          <Upsampled map={behind} />
          <figcaption>
            <var>L</var>, upsampled
          </figcaption>
        </figure>
      </div>
      {!evident && <p class="hint">Nothing is left above zero: with these channels nothing speaks for the class.</p>}
    </div>
  );
}

/** The heatmap over the picture, as the large one shows it. */
function Upsampled({ map }: { map: Heatmap }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = picture.value;
  const on = grid.value;
  const { alpha, colormap } = view.value;
  useEffect(() => {
    const element = canvas.current;
    if (element === null || shown === undefined || on === undefined) return;
    const factor = SIDE / Math.max(shown.width, shown.height);
    element.width = Math.max(1, Math.round(factor * shown.width));
    element.height = Math.max(1, Math.round(factor * shown.height));
    const context = element.getContext('2d');
    if (context === null) return;
    const placement = scalePlacement(on.placement, element.width / shown.width, element.height / shown.height);
    const placed = placeHeatmap(toUnit(map), placement, element, on.input);
    const colours = new OffscreenCanvas(element.width, element.height);
    colours.getContext('2d')?.putImageData(paint(placed, colormap), 0, 0);
    context.drawImage(shown.bitmap, 0, 0, element.width, element.height);
    context.globalAlpha = alpha;
    context.drawImage(colours, 0, 0);
  }, [shown, on, map, alpha, colormap]);
  return (
    <span class="map smooth">
      <canvas ref={canvas} role="img" aria-label="The heatmap over the picture" />
    </span>
  );
}
