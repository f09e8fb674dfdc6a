import { type ColormapName, colormaps } from '@gradcam/core';
import { useEffect, useRef } from 'preact/hooks';
import { COLORMAPS } from '../state/url.js';
import { change, type Show, view } from '../state/view.js';
import { Segmented } from '../ui/segmented.js';
import { Slider } from '../ui/slider.js';
import './look.css';
import { percent } from './where.js';

const SHOWS: readonly (readonly [Show, string])[] = [
  ['overlay', 'Overlay'],
  ['picture', 'Picture'],
  ['map', 'Heatmap'],
];

/** How the heatmap is drawn. */
export function Look() {
  const { show, alpha, contour, colormap } = view.value;
  return (
    <div class="look">
      <Segmented label="What is shown" options={SHOWS} value={show} choose={(value) => change({ show: value })} />
      <Slider label="Opacity" value={alpha} words={percent(alpha)} set={(value) => change({ alpha: value, show: 'overlay' })} />
      <Slider
        label="Contour"
        value={contour}
        words={contour === 0 ? 'none' : percent(contour)}
        set={(value) => change({ contour: value })}
      />
      <fieldset class="colormaps">
        <legend class="small quiet">Colours</legend>
        {COLORMAPS.map((name) => (
          <label key={name} title={name}>
            <input type="radio" name="colormap" value={name} checked={name === colormap} onChange={() => change({ colormap: name })} />
            <span class="unseen">{name}</span>
            <Swatch name={name} />
          </label>
        ))}
      </fieldset>
    </div>
  );
}

/** A colour map from 0 at the left to 1 at the right. */
function Swatch({ name }: { readonly name: ColormapName }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const table = colormaps[name];
    const image = new ImageData(256, 1);
    for (let i = 0; i < 256; i++) image.data.set([table[3 * i] ?? 0, table[3 * i + 1] ?? 0, table[3 * i + 2] ?? 0, 255], 4 * i);
    context.putImageData(image, 0, 0);
  }, [name]);
  return <canvas ref={canvas} width={256} height={1} />;
}
