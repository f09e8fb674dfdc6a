import type { Placement } from '@gradcam/core';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Evidence } from '../engine/protocol.js';
import { shortLabel } from '../state/names.js';
import type { Picture } from '../state/store.js';
import { view } from '../state/view.js';
import { contour, pathOf } from './contour.js';
import { type Painted, paint, place } from './paint.js';
import { Probe } from './probe.js';
import { chance, inWords, percent, whereabouts } from './where.js';

interface PaneProps {
  readonly picture: Picture | undefined;
  readonly evidence: Evidence | undefined;
  readonly placement: Placement | undefined;
  readonly badge: 'A' | 'B' | undefined;
}

/** One picture under its heatmap, and what it says in words. */
export function Pane({ picture, evidence, placement, badge }: PaneProps) {
  const { show } = view.value;
  const painted = useMemo(
    () => (picture && evidence && placement ? place(evidence.heatmap, placement, picture) : undefined),
    [picture, evidence, placement],
  );
  const where = useMemo(
    () => (picture && evidence && placement ? whereabouts(evidence.heatmap, placement, picture) : undefined),
    [picture, evidence, placement],
  );
  const ratio = picture === undefined ? 1 : picture.width / picture.height;
  const alt =
    evidence === undefined ? (picture?.name ?? '') : `Heatmap of what speaks for ${shortLabel(evidence.class)}: ${inWords(where)}`;
  return (
    <figure class="scene-pane">
      <div class="scene-room">
        <div class="scene-frame" style={{ '--ratio': String(ratio), aspectRatio: String(ratio) }} data-show={show}>
          <Photo picture={picture} painted={painted} />
          <Colours painted={painted} />
          {picture && evidence && placement && <Contour evidence={evidence} placement={placement} picture={picture} />}
          {painted && <Probe painted={painted} alt={alt} evidence={evidence} />}
        </div>
      </div>
      <figcaption>
        <p class="statement">
          {badge && (
            <span class="badge" data-role={badge}>
              {badge}
            </span>
          )}
          {evidence === undefined ? <span>&nbsp;</span> : <Statement evidence={evidence} />}
        </p>
        <p class="quiet">{evidence === undefined ? <span>&nbsp;</span> : <Where words={inWords(where)} half={where?.half} />}</p>
      </figcaption>
    </figure>
  );
}

function Statement({ evidence: { class: index, against, probability } }: { readonly evidence: Evidence }) {
  if (against !== undefined)
    return (
      <>
        Why <b>{shortLabel(index)}</b>, not <b>{shortLabel(against)}</b>
      </>
    );
  return (
    <>
      <b>{shortLabel(index)}</b> <span class="share">{chance(probability)}</span>
    </>
  );
}

function Where({ words, half }: { readonly words: string; readonly half: number | undefined }) {
  return (
    <>
      {unbroken(words.charAt(0).toUpperCase() + words.slice(1))}
      {half !== undefined && unbroken(`; half of it on ${percent(half)} of the picture`)}
    </>
  );
}

/** A number and its sign stay on one line. */
function unbroken(words: string): string {
  return words.replaceAll(' %', '\u00a0%');
}

/** The picture itself; what the network did not see is dark under a heatmap. */
function Photo({ picture, painted }: { readonly picture: Picture | undefined; readonly painted: Painted | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { show } = view.value;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!picture || !context) return;
    const { bitmap } = picture;
    context.canvas.width = bitmap.width;
    context.canvas.height = bitmap.height;
    // The network sees what is transparent as white.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, bitmap.width, bitmap.height);
    context.drawImage(bitmap, 0, 0);
    if (painted === undefined || show === 'picture') return;
    const { seen, heatmap } = painted;
    const [x, y] = [bitmap.width / heatmap.width, bitmap.height / heatmap.height];
    context.beginPath();
    context.rect(0, 0, bitmap.width, bitmap.height);
    context.rect(seen.left * x, seen.top * y, seen.width * x, seen.height * y);
    context.fillStyle = 'rgb(10 10 12 / 68%)';
    context.fill('evenodd');
  }, [picture, painted, show]);
  return <canvas ref={canvas} />;
}

/** The colours of the heatmap, as strong as is wanted. */
function Colours({ painted }: { readonly painted: Painted | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { colormap, alpha, show } = view.value;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!painted || !context) return;
    const image = paint(painted, colormap);
    context.canvas.width = image.width;
    context.canvas.height = image.height;
    context.putImageData(image, 0, 0);
  }, [painted, colormap]);
  const opacity = painted === undefined || show === 'picture' ? 0 : show === 'map' ? 1 : alpha;
  return <canvas ref={canvas} class="colours" style={{ opacity }} />;
}

/** The line on which the heatmap has the chosen share of its maximum. */
function Contour({ evidence, placement, picture }: { evidence: Evidence; placement: Placement; picture: Picture }) {
  const { contour: level } = view.value;
  const path = useMemo(() => {
    if (level <= 0) return '';
    const { left, top, scaleX, scaleY } = placement;
    return pathOf(contour(evidence.heatmap, level), (x, y) => [left + scaleX * x, top + scaleY * y]);
  }, [evidence, placement, level]);
  if (path === '') return null;
  return (
    <svg class="contour" viewBox={`0 0 ${picture.width} ${picture.height}`} aria-hidden="true">
      <path class="contour-ground" d={path} />
      <path class="contour-line" d={path} />
    </svg>
  );
}
