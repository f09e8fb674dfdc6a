import { type Heatmap, placeHeatmap, scalePlacement } from '@gradcam/core';
import { useEffect, useRef } from 'preact/hooks';
import { paint } from '../heatmap/paint.js';
import { answer, picture } from '../state/store.js';
import { view } from '../state/view.js';

/** A heatmap over the picture, small. @param side its longer side in pixels of the canvas */
export function Thumb({ heatmap, side = 200, label }: { heatmap: Heatmap | undefined; side?: number; label?: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = picture.value;
  const placement = answer.value?.placement;
  const { alpha, colormap } = view.value;
  useEffect(() => {
    const element = canvas.current;
    if (element === null || shown === undefined || shown.live) return;
    const factor = side / Math.max(shown.width, shown.height);
    element.width = Math.max(1, Math.round(factor * shown.width));
    element.height = Math.max(1, Math.round(factor * shown.height));
    const context = element.getContext('2d');
    if (context === null) return;
    context.drawImage(shown.bitmap, 0, 0, element.width, element.height);
    if (heatmap === undefined || placement === undefined) return;
    const { width, height } = element;
    const placed = placeHeatmap(heatmap, onSmall(placement, shown, element, heatmap), { width, height });
    const colours = new OffscreenCanvas(width, height);
    colours.getContext('2d')?.putImageData(paint(placed, colormap), 0, 0);
    context.globalAlpha = alpha;
    context.drawImage(colours, 0, 0);
  }, [heatmap, shown, placement, alpha, colormap, side]);
  return <canvas ref={canvas} class="small-map" {...(label === undefined ? {} : { role: 'img', 'aria-label': label })} />;
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
