import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Tile } from '../engine/strips.js';
import { whereabouts } from '../heatmap/where.js';
import { answer, methods, model, picture } from '../state/store.js';
import { useNear } from './near.js';
import { askSlow, methodsAnswered, methodsAsked, methodsStrip, methodTiles, slow } from './state.js';
import { Paused, Thumb } from './thumb.js';
import './strips.css';

/** What is held against each other, and what to see in it. */
const COMPARED = [
  {
    name: 'gradcam',
    kind: 'Regions',
    says: 'Which parts of the picture speak for the class. Coarse, but it tells one class from another.',
  },
  { name: 'saliency', kind: 'Pixels', says: 'Which pixels would change the score most if they changed a little. Sharp, but noisy.' },
  {
    name: 'smoothgrad',
    kind: 'Pixels, smoothed',
    says: 'Saliency, averaged over noisy copies of the picture: what stays is less by chance.',
  },
] as const;

/** Bytes of a model up to which SmoothGrad’s 50 runs start by themselves: a second or so. */
const MAX_AT_ONCE = 4 * 2 ** 20;

/** Grad-CAM beside saliency and SmoothGrad: what a region says, and what single pixels say. One pointer moves over all three. */
export function Compare() {
  const section = useRef<HTMLElement>(null);
  const near = useNear(section);
  const begun = useRef('');
  useSignalEffect(() => {
    const wanted = methodsAsked.value;
    if (!near.value || wanted === undefined) return;
    methodsStrip.ask(wanted);
    const last = methods.peek().find(({ name }) => name === 'smoothgrad');
    const small = (model.peek()?.bytes ?? Number.POSITIVE_INFINITY) <= MAX_AT_ONCE;
    // The quick ones first; and once for each question, since whoever stops it means it.
    const tiles = methodTiles.value;
    const { key } = methodsAnswered.value;
    if (!small || last === undefined || key === begun.current || !tiles.has('gradcam') || !tiles.has('saliency')) return;
    begun.current = key;
    if (!tiles.has('smoothgrad')) void askSlow(last);
  });
  return (
    <section class="strip compare card" ref={section} aria-labelledby="compare-title">
      <header>
        <h2 id="compare-title">Regions and pixels</h2>
        <p class="quiet small">Two views of the same answer.</p>
      </header>
      {picture.value?.live ? <Paused /> : <Compared />}
    </section>
  );
}

function Compared() {
  const pointer = useSignal<{ readonly x: number; readonly y: number } | undefined>(undefined);
  return (
    <div class="compared">
      {COMPARED.map(({ name, kind, says }) => {
        const title = methods.value.find((method) => method.name === name)?.title ?? name;
        const tile = methodTiles.value.get(name);
        return (
          <figure key={name}>
            <div
              class={`compared-map${tile?.heatmap === undefined ? ' waiting' : ''}`}
              onPointerMove={({ currentTarget, clientX, clientY }) => {
                const box = currentTarget.getBoundingClientRect();
                pointer.value = { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
              }}
              onPointerLeave={() => {
                pointer.value = undefined;
              }}
            >
              <Thumb heatmap={tile?.heatmap} side={720} label={labelOf(title, tile)} />
              {pointer.value && (
                <span class="cross" style={{ left: `${100 * pointer.value.x}%`, top: `${100 * pointer.value.y}%` }} aria-hidden="true" />
              )}
              <Wait name={name} title={title} tile={tile} />
            </div>
            <figcaption>
              <strong>{title}</strong> <span class="quiet">{kind}</span>
              <span class="small">
                {says} {halfOf(tile)}
              </span>
            </figcaption>
          </figure>
        );
      })}
    </div>
  );
}

/** What stands over a picture whose map is not there. */
function Wait({ name, title, tile }: { name: string; title: string; tile: Tile | undefined }) {
  const working = slow.value.get(name);
  const method = methods.value.find((one) => one.name === name);
  if (tile?.problem) return <span class="tile-none">{tile.problem.message}</span>;
  if (working !== undefined)
    return (
      <span class="working">
        <progress
          aria-label={`${title}, runs of the network`}
          {...(working.total > 0 ? { max: working.total, value: working.done } : {})}
        />
        <button type="button" class="button" aria-label={`Stop ${title}`} onClick={working.stop}>
          Stop
        </button>
      </span>
    );
  if (tile !== undefined || method?.slow !== true) return null;
  return (
    <button type="button" class="button" aria-label={`Work out ${title}`} onClick={() => void askSlow(method)}>
      Work out (50 runs)
    </button>
  );
}

function where(tile: Tile | undefined) {
  const [shown, now] = [picture.value, answer.value];
  const [evidence] = now?.evidence ?? [];
  if (tile?.heatmap === undefined || shown === undefined || now === undefined || evidence === undefined) return undefined;
  const { heatmap } = tile;
  const { left, top, scaleX, scaleY } = now.placement;
  const placement = {
    left,
    top,
    scaleX: (scaleX * evidence.heatmap.width) / heatmap.width,
    scaleY: (scaleY * evidence.heatmap.height) / heatmap.height,
  };
  return whereabouts(heatmap, placement, shown);
}

function labelOf(title: string, tile: Tile | undefined): string {
  const found = where(tile);
  return found === undefined ? `${title} over the picture` : `${title}: most evidence ${found.region}, ${Math.round(100 * found.share)} %`;
}

function halfOf(tile: Tile | undefined): string {
  const found = where(tile);
  return found === undefined ? '' : `Half of it lies on ${Math.max(1, Math.round(100 * found.half))}\u00a0% of the picture.`;
}
