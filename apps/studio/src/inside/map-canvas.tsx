import type { Heatmap } from '@gradcam/core';
import { useEffect, useRef } from 'preact/hooks';
import { position } from './state.js';
import './map.css';

/** What the colours of a map say: how strongly a channel lights up, or what speaks for and against. Their strength is how opaque they are, so that they suit any ground. */
export type Ink = 'activation' | 'signed';

const ACTIVATION = [124, 92, 235] as const;
/** Feature maps before a ReLU, or behind a GELU, go below zero. */
const BELOW = [70, 150, 140] as const;
const FOR = [238, 108, 36] as const;
const AGAINST = [38, 122, 228] as const;

const inks = { activation: [ACTIVATION, BELOW], signed: [FOR, AGAINST] } as const;

/** A map as pixels, one a position. @param most the number that is painted in full colour */
export function painted({ width, height, data }: Heatmap, most: number, ink: Ink): ImageData {
  const image = new ImageData(width, height);
  for (let at = 0; at < data.length; at++) {
    const value = data[at] ?? 0;
    const [red, green, blue] = inks[ink][value < 0 ? 1 : 0];
    image.data.set([red, green, blue, most > 0 ? Math.round(255 * Math.min(1, Math.abs(value) / most)) : 0], 4 * at);
  }
  return image;
}

/** A small map, its positions as squares. What it shows is said beside it, unless a label is given. */
export function MapCanvas({ map, most, ink, label }: { map: Heatmap; most: number; ink: Ink; label?: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    element.width = map.width;
    element.height = map.height;
    element.getContext('2d')?.putImageData(painted(map, most, ink), 0, 0);
  }, [map, most, ink]);
  return (
    <span class="map">
      <canvas ref={canvas} {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })} />
      <Mark width={map.width} height={map.height} />
    </span>
  );
}

/** The position that is looked at. */
export function Mark({ width, height }: { width: number; height: number }) {
  const at = position.value;
  if (at === undefined || at >= width * height) return null;
  const style = {
    left: `${(100 * (at % width)) / width}%`,
    top: `${(100 * Math.floor(at / width)) / height}%`,
    width: `${100 / width}%`,
    height: `${100 / height}%`,
  };
  return <span class="mark" style={style} aria-hidden="true" />;
}
