import { useLayoutEffect, useRef } from 'preact/hooks';
import { colors, type Drawable } from './report';

/** A heatmap; the browser smooths its few positions as it stretches them. */
export function Heatmap({ map, label }: { readonly map: Drawable | undefined; readonly label?: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (map === undefined || !context) return;
    const image = context.createImageData(map.width, map.height);
    for (const [at, value] of map.data.entries()) {
      for (let channel = 0; channel < 3; channel++) image.data[4 * at + channel] = colors[3 * value + channel] ?? 0;
      image.data[4 * at + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }, [map]);
  if (map === undefined) return <span class="heatmap none" />;
  const words = label === undefined ? { 'aria-hidden': true } : ({ role: 'img', 'aria-label': label } as const);
  return <canvas class="heatmap" ref={canvas} width={map.width} height={map.height} {...words} />;
}
