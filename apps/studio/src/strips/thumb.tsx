import { type Heatmap, placeHeatmap, scalePlacement } from '@gradcam/core';
import { useEffect, useRef } from 'preact/hooks';
import { paint } from '../heatmap/paint.js';
import { answer, picture } from '../state/store.js';
import { view } from '../state/view.js';

/** A heatmap over the picture, small. @param side its longer side in pixels of the canvas */
export function Thumb({ heatmap, side = 200, label }: { heatmap: Heatmap | undefined; side?: number; label?: string }) {
  const under = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const shown = picture.value;
  const placement = answer.value?.placement;
  const { alpha, colormap } = view.value;
  useEffect(() => {
    if (under.current === null || shown === undefined || shown.live) return;
    const { width, height } = fit(under.current, shown, side);
    under.current.getContext('2d')?.drawImage(shown.bitmap, 0, 0, width, height);
  }, [shown, side]);
  // In a canvas of its own: forty of them follow the opacity without being painted again.
  useEffect(() => {
    if (over.current === null || shown === undefined || shown.live) return;
    const { width, height } = fit(over.current, shown, side);
    if (heatmap === undefined || placement === undefined) return;
    const placed = placeHeatmap(heatmap, onSmall(placement, shown, { width, height }, heatmap), { width, height });
    over.current.getContext('2d')?.putImageData(paint(placed, colormap), 0, 0);
  }, [heatmap, shown, placement, colormap, side]);
  return (
    <span class="small-map" {...(label === undefined ? {} : { role: 'img', 'aria-label': label })}>
      <canvas ref={under} />
      <canvas ref={over} style={{ opacity: alpha }} />
    </span>
  );
}

/** Makes a canvas as large as a small copy of the picture, and empty. */
function fit(canvas: HTMLCanvasElement, { width, height }: { readonly width: number; readonly height: number }, side: number) {
  const factor = side / Math.max(width, height);
  canvas.width = Math.max(1, Math.round(factor * width));
  canvas.height = Math.max(1, Math.round(factor * height));
  return { width: canvas.width, height: canvas.height };
}

/** What stands in place of what a picture is needed for that stays. */
export function Paused() {
  return <p class="quiet">Waits while the camera is on: take a picture to see more of it here.</p>;
}

/** Where a heatmap, of whatever size, lies on a small copy of the picture. */
function onSmall(
  placement: Parameters<typeof scalePlacement>[0],
  natural: { readonly width: number; readonly height: number },
  small: { readonly width: number; readonly height: number },
  heatmap: Heatmap,
) {
  const [evidence] = answer.peek()?.evidence ?? [];
  const input = evidence?.heatmap ?? heatmap;
  const scaled = scalePlacement(placement, small.width / natural.width, small.height / natural.height);
  return { ...scaled, scaleX: (scaled.scaleX * input.width) / heatmap.width, scaleY: (scaled.scaleY * input.height) / heatmap.height };
}
