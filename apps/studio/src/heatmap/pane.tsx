import type { Placement } from '@gradcam/core';
import { useEffect, useRef } from 'preact/hooks';
import type { Evidence } from '../engine/protocol.js';
import type { Picture } from '../state/store.js';
import { view } from '../state/view.js';
import { paint, place } from './paint.js';

export function Pane({
  picture,
  evidence,
  placement,
}: {
  picture: Picture;
  evidence: Evidence | undefined;
  placement: Placement | undefined;
}) {
  const under = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const { colormap, alpha } = view.value;
  useEffect(() => {
    const canvas = under.current;
    if (canvas === null) return;
    canvas.width = picture.bitmap.width;
    canvas.height = picture.bitmap.height;
    canvas.getContext('2d')?.drawImage(picture.bitmap, 0, 0);
  }, [picture]);
  useEffect(() => {
    const canvas = over.current;
    if (canvas === null || evidence === undefined || placement === undefined) return;
    const image = paint(place(evidence.heatmap, placement, picture), colormap);
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext('2d')?.putImageData(image, 0, 0);
  }, [evidence, placement, colormap, picture]);
  return (
    <div style={{ position: 'relative', width: '512px' }}>
      <canvas ref={under} style={{ width: '100%' }} />
      <canvas ref={over} style={{ width: '100%', position: 'absolute', inset: 0, opacity: alpha }} />
    </div>
  );
}
