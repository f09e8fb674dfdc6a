import { Hero } from './heatmap/hero.js';
import { Inside } from './inside/inside.js';
import { LayerStrip } from './strips/layers.js';
import { MethodStrip } from './strips/methods.js';

export function App() {
  return (
    <main>
      <Hero />
      <LayerStrip />
      <MethodStrip />
      <Inside />
    </main>
  );
}
