import { Inside } from './inside/inside.js';
import { Compare } from './strips/compare.js';
import { LayerStrip } from './strips/layers.js';
import { MethodStrip } from './strips/methods.js';

/** What there is to explore once the heatmap is seen. */
export function Below() {
  return (
    <>
      <LayerStrip />
      <MethodStrip />
      <Compare />
      <Inside />
    </>
  );
}
